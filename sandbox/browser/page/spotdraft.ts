import { type EnvironmentName, newestContracts, nextStepLabel } from '../contracts.ts';
import { faultSwitches } from '../fault-switches.ts';
import { type Html, html, json } from '../html.ts';
import type { Sandbox } from '../state.ts';
import type { Switch } from '../switch.ts';
import { mistakeSwitches } from '../switches.ts';
import { comparison, type Row, type RowGroup } from './comparison.ts';

/** SpotDraft's side: mistakes in production, contracts, both workspaces compared, and an activity log. */
export function spotdraftSide(sandbox: Sandbox): Html {
  const { uat, prod } = sandbox.world;
  return html`<section class="side spotdraft" id="spotdraft" aria-label="SpotDraft">
    <header class="room"><h2>SpotDraft</h2><p>Two separate workspaces</p></header>
    <div class="scroll" tabindex="0" role="region" aria-label="SpotDraft console">
      <div class="panel">
        <div class="beside"><div><h3>Mistakes in production</h3>
        <p class="hint">Turn a mistake on and check production; turn it off to repair it. A changed configuration voids Bob’s sign-off. He signs again with <code>/envcheck checklist prod</code>.</p></div>
        <div><button type="button" class="button" data-do="repairAll" data-with="{}">Repair everything</button></div></div>
        <h4>Mistakes from SpotDraft’s guide</h4>
        <ul class="switches">${mistakeSwitches.map((each) => switchItem(sandbox, each))}</ul>
        <h4>Runtime faults</h4>
        <ul class="switches">${faultSwitches.map((each) => switchItem(sandbox, each))}</ul>
      </div>
      <div class="panel">
        <h3>Contracts</h3>
        <p class="hint">Creating or advancing a contract sends signed webhooks.</p>
        <div class="two">${contracts(sandbox, 'uat')}${contracts(sandbox, 'prod')}</div>
      </div>
      <div class="panel"><h3>Configuration, side by side</h3>${comparison(uat, prod).map(group)}</div>
      <div class="panel"><h3>Activity</h3>
        <div role="log" aria-label="Activity in SpotDraft"><ul class="notes">${sandbox.notes.slice(-12).map((sentence) => html`<li>${sentence}</li>`)}</ul></div>
      </div>
    </div>
  </section>`;
}

function switchItem(sandbox: Sandbox, { id, title, text, check, isOn }: Switch): Html {
  const on = isOn(sandbox);
  return html`<li>
    <button type="button" class="switch" role="switch" id="switch-${id}" aria-checked="${on ? 'true' : 'false'}" aria-describedby="switch-${id}-text"
      data-do="switch" data-with="${json({ id, on: !on })}"><span class="knob" aria-hidden="true"></span><span>${title}</span></button>
    <p class="hint" id="switch-${id}-text">${text}${check !== null && html` <code>${check}</code>`}</p>
  </li>`;
}

function contracts(sandbox: Sandbox, key: EnvironmentName): Html {
  const items = newestContracts(sandbox, key).map((contract) => {
    const move = nextStepLabel(contract);
    return html`<li><div><strong>${contract.name}</strong><br><code>${contract.id}</code>, internal id <code>${contract.internalId}</code> <span class="status">${contract.status.toLowerCase()}</span></div>
      ${move && html`<button type="button" class="button small" aria-label="${move}: ${contract.name}" data-do="moveContract" data-with="${json({ key, id: contract.id })}">${move}</button>`}</li>`;
  });
  return html`<div><h4>${environmentName(key)}</h4>
    <button type="button" class="button" data-do="newContract" data-with="${json({ key })}">Create a contract in ${key}</button>
    <ul class="contracts">${items}</ul></div>`;
}

const environmentName = (key: EnvironmentName): Html =>
  key === 'prod' ? html`prod <span class="badge danger">production</span>` : html`uat`;

function group({ title, rows }: RowGroup): Html {
  const count = rows.filter((each) => each.suspicious).length;
  const remark =
    count === 0
      ? html`<span class="hint">OK</span>`
      : html`<span class="badge warn">${count} to check</span>`;
  return html`<details class="group" id="group-${title.replace(' ', '-')}"><summary>${title} ${remark}</summary>
    <div class="table" tabindex="0" role="group" aria-label="${title}"><table>
      <thead><tr><th scope="col">Name</th><th scope="col">uat</th><th scope="col">prod <span class="badge danger">production</span></th></tr></thead>
      <tbody>${rows.map(comparedRow)}</tbody>
    </table></div></details>`;
}

const comparedRow = ({ name, depth, uat, prod, suspicious }: Row): Html =>
  html`<tr class="depth-${depth}${suspicious && ' suspicious'}"><th scope="row">${name}${suspicious && html` <span class="badge warn">check</span>`}</th><td>${uat ?? missing}</td><td>${prod ?? missing}</td></tr>`;

const missing = html`<em class="missing">missing</em>`;
