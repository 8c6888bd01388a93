import { type EnvironmentName, newestContracts, nextStepLabel } from '../contracts.ts';
import { type Html, html, json } from '../html.ts';
import type { Sandbox } from '../state.ts';
import { faultSwitches, mistakeSwitches, type Switch } from '../switches.ts';
import { comparison, type Row, type RowGroup } from './comparison.ts';

/** SpotDraft's side: what is wrong in production, contracts, both workspaces, and what was done. */
export function spotdraftSide(sandbox: Sandbox): Html {
  const { uat, prod } = sandbox.world;
  return html`<section class="side spotdraft" id="spotdraft" aria-label="SpotDraft">
    <header class="room"><h2>SpotDraft</h2><p>Two workspaces that share nothing</p></header>
    <div class="scroll" tabindex="0" role="region" aria-label="SpotDraft console">
      <div class="panel">
        <div class="beside"><div><h3>What is wrong in production</h3>
        <p class="hint">Switch one on, check, and switch it off again: that is its repair. What a change has voided is signed again by Bob: <code>/envcheck checklist prod</code>.</p></div>
        <div><button type="button" class="button" data-do="repairAll" data-with="{}">Repair everything</button></div></div>
        <h4>The guide’s mistakes</h4>
        <ul class="switches">${mistakeSwitches.map((each) => switchItem(sandbox, each))}</ul>
        <h4>Faults while it runs</h4>
        <ul class="switches">${faultSwitches.map((each) => switchItem(sandbox, each))}</ul>
      </div>
      <div class="panel">
        <h3>Contracts</h3>
        <p class="hint">Creating and moving one sends signed webhooks.</p>
        <div class="two">${contracts(sandbox, 'uat')}${contracts(sandbox, 'prod')}</div>
      </div>
      <div class="panel"><h3>Configuration, side by side</h3>${comparison(uat, prod).map(group)}</div>
      <div class="panel"><h3>What was done</h3>
        <div role="log" aria-label="What was done in SpotDraft"><ul class="notes">${sandbox.notes.slice(-12).map((sentence) => html`<li>${sentence}</li>`)}</ul></div>
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
    return html`<li><div><strong>${contract.name}</strong><br><code>${contract.id}</code> <span class="status">${contract.status.toLowerCase()}</span></div>
      ${move && html`<button type="button" class="button small" aria-label="${move}: ${contract.name}" data-do="moveContract" data-with="${json({ key, id: contract.id })}">${move}</button>`}</li>`;
  });
  return html`<div><h4>${environmentName(key)}</h4>
    <button type="button" class="button" data-do="newContract" data-with="${json({ key })}">Create a contract in ${key}</button>
    <ul class="contracts">${items}</ul></div>`;
}

const environmentName = (key: EnvironmentName): Html =>
  key === 'prod' ? html`prod <span class="badge danger">production</span>` : html`uat`;

function group({ title, rows }: RowGroup): Html {
  const odd = rows.filter((each) => each.odd).length;
  const remark =
    odd === 0
      ? html`<span class="hint">nothing odd</span>`
      : html`<span class="badge warn">${odd} to look at</span>`;
  return html`<details class="group" id="group-${title.replace(' ', '-')}"><summary>${title} ${remark}</summary>
    <div class="table" tabindex="0" role="group" aria-label="${title}"><table>
      <thead><tr><th scope="col">Name</th><th scope="col">uat</th><th scope="col">prod <span class="badge danger">production</span></th></tr></thead>
      <tbody>${rows.map(comparedRow)}</tbody>
    </table></div></details>`;
}

const comparedRow = ({ name, depth, uat, prod, odd }: Row): Html =>
  html`<tr class="depth-${depth}${odd && ' odd'}"><th scope="row">${name}${odd && html` <span class="badge warn">look</span>`}</th><td>${uat ?? missing}</td><td>${prod ?? missing}</td></tr>`;

const missing = html`<em class="missing">not there</em>`;
