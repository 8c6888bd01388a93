import { type Html, html, json } from '../html.ts';
import type { Sandbox } from '../state.ts';
import { tour } from '../tour.ts';
import { type View, viewUrl } from '../view.ts';

/** The tour's steps. The first one not done is the current step; after the last comes how to set up Envcheck. */
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
      <li class="step last${at < 0 && ' current'}"><h3><span class="number" aria-hidden="true">★</span> Your own workspaces</h3>
      <p>Connecting them takes half an hour. Follow “Set it up” in <code>README.md</code>, starting with <code>npm run -s envcheck -- doctor</code>.</p></li>
    </ol>
  </section>`;
}
