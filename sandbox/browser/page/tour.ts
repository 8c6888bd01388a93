import { type Html, html, json } from '../html.ts';
import type { Sandbox } from '../state.ts';
import { tour } from '../tour.ts';
import { type View, viewUrl } from '../view.ts';

const README = 'README.md';

/** The steps in order; the first that was not done is the one to do. After the last: how to set up the real thing. */
export function tourSide({ completedSteps: tourDone, restarting }: Sandbox, view: View): Html {
  const at = tour.findIndex(({ id }) => !tourDone.has(id));
  const steps = tour.map(({ id, title, text, button }, index) => {
    const current = index === at;
    const done = tourDone.has(id);
    const target = json({
      user: view.as,
      step: id,
      go: viewUrl(view, { at: 'C0GENERAL', thread: null, side: 'slack' }),
    });
    return html`<li class="step${current && ' current'}${done && ' done'}"${current && html` aria-current="step"`}>
      <h3><span class="number" aria-hidden="true">${done ? '✓' : index + 1}</span> ${title}${done && html`<span class="unseen"> (done)</span>`}</h3>
      <p>${text}</p>
      <button type="button" class="button${current && ' primary'}" id="tour-${id}" data-do="tour" data-with="${target}"${restarting() && html` aria-disabled="true"`}>${button}</button>
    </li>`;
  });
  return html`<section class="side tour" id="tour" aria-label="Guided tour">
    <ol class="steps">${steps}
      <li class="step last${at < 0 && ' current'}"><h3><span class="number" aria-hidden="true">★</span> The real thing</h3>
      <p>Your own workspaces take half an hour: “Set it up” in <code>${README}</code>; begin with <code>npm run -s envcheck -- doctor</code>.</p></li>
    </ol>
  </section>`;
}
