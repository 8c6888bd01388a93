import { RespondError, type RespondFn } from '@slack/bolt';

const TIMEOUT_MS = 15_000;

/** Bolt's `respond` for a response URL that was kept: an answer to a form goes to where its button was. */
export const respondTo =
  (url: string): RespondFn =>
  async (message) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(typeof message === 'string' ? { text: message } : message),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new RespondError(`the response URL answered ${response.status}`, response.status);
    return response;
  };
