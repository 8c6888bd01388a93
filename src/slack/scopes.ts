/** What the bot has to be granted; manifest.yml asks for the same, and the README says why. */
export const requiredScopes: readonly string[] = ['commands', 'chat:write'];
