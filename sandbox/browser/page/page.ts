import { nextMorning } from '../adjustable-clock.ts';
import { dateText } from '../blocks/date.ts';
import { type Html, html, json } from '../html.ts';
import type { Manifest } from '../manifest.ts';
import { people, REPORT_ZONE } from '../northwind.ts';
import type { Sandbox } from '../state.ts';
import { type Side, sides, type View, viewUrl } from '../view.ts';
import { modals, slackSide } from './slack.ts';
import { spotdraftSide } from './spotdraft.ts';
import { tourSide } from './tour.ts';

/** The whole document. `page` is the part that is updated later. */
export const renderDocument = (page: Html): Html => html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Envcheck sandbox</title>
  <link rel="icon" href="data:,">
  <link rel="stylesheet" href="/assets/style.css">
  <script type="module" src="/assets/client.js"></script>
</head>
<body>
  <a class="skip" href="#composer">Skip to the message field</a>
  <div id="app">${page}</div>
  <div id="alert" role="alert"></div>
</body>
</html>`;

/** The part of the document that changes. */
export function renderPage(sandbox: Sandbox, view: View, manifest: Manifest): Html {
  return html`<div class="page" data-side="${view.side}" data-as="${view.as}">
    ${top(sandbox, view)}
    <main>
      ${tourSide(sandbox, view)}
      <div class="sides">${slackSide(sandbox, view, manifest)}${spotdraftSide(sandbox)}</div>
    </main>
    ${modals(sandbox, view)}
  </div>`;
}

const sideNames: Record<Side, string> = { tour: 'Tour', slack: 'Slack', spotdraft: 'SpotDraft' };

function top(sandbox: Sandbox, view: View): Html {
  const tabs = sides.map(
    (side) =>
      html`<li><a data-nav href="${viewUrl(view, { side })}"${side === view.side && html` aria-current="page"`}>${sideNames[side]}</a></li>`,
  );
  return html`<header class="top">
    <h1><span class="logo" aria-hidden="true">✓</span> Envcheck <span>sandbox</span></h1>
    <p class="promise">The bot is real. Slack and SpotDraft are simulated on this machine.</p>
    <p class="state" role="status">${sandbox.restarting() && 'The config changed. Restarting the bot…'}</p>
    ${clockControl(sandbox, view)}
    <button type="button" class="button" data-theme-switch><span aria-hidden="true">◐</span> Theme</button>
    <nav class="tabs" aria-label="Parts of the sandbox"><ul>${tabs}</ul></nav>
  </header>`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function clockControl({ clock }: Sandbox, { as }: View): Html {
  const now = clock.now();
  const timeZone = people.find(({ id }) => id === as)?.timeZone ?? 'UTC';
  const shown = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short' }).format(now);
  const move = (label: string, ms: number | 'morning') =>
    html`<button type="button" class="button" data-do="moveClock" data-with="${json(ms === 'morning' ? { to: 'morning' } : { ms })}">${label}</button>`;
  const days = clock.aheadMs() / DAY_MS;
  const morning = dateText(nextMorning(now, REPORT_ZONE) / 1_000, '{date_short_pretty}', '', {
    now,
    timeZone: REPORT_ZONE,
  });
  return html`<details class="menu clock" id="clock">
    <summary class="button"><span aria-hidden="true">🕘</span> <span class="unseen">Clock: </span>${shown}, ${dateText(now / 1_000, '{date_short} {time}', '', { now, timeZone })}${days > 0 && html` <span class="badge">${days < 1 ? `${Math.round(days * 24)} h` : `${days.toFixed(1)} d`} ahead</span>`}</summary>
    <div class="menu-items"><p class="menu-title">Move the clock forward</p>
      ${move('1 hour', HOUR_MS)}${move('1 day', DAY_MS)}${move('1 week', 7 * DAY_MS)}${move(`To the next report: ${morning}, 9:00 in New York`, 'morning')}</div>
  </details>`;
}
