// The server renders the page. This script keeps it up to date and sends a person's actions.
import { Idiomorph } from '/assets/idiomorph.js';

const app = document.getElementById('app');
const alertBox = document.getElementById('alert');

// --- Updates from the server -------------------------------------------------------------------------------------

const UNREACHABLE = 'The sandbox does not respond. If it was stopped, start it again: npm run sandbox';

let stream = null;

function follow() {
  stream?.close();
  stream = new EventSource(`/live${location.search}`);
  stream.addEventListener('page', ({ data }) => show(JSON.parse(data)));
  stream.onerror = () => showAlert(UNREACHABLE);
  stream.onopen = () => showAlert('');
}

function show(markup) {
  const next = document.createElement('template');
  next.innerHTML = markup;
  keepEntered(next.content);
  const left = [...app.querySelectorAll('[data-follow]')].filter(wasScrolled).map((each) => each.ariaLabel);
  Idiomorph.morph(app, next.content.children, {
    morphStyle: 'innerHTML',
    callbacks: { beforeAttributeUpdated, beforeNodeRemoved },
  });
  for (const each of app.querySelectorAll('[data-follow]'))
    if (!left.includes(each.ariaLabel)) toNewest(each);
  openModal();
}

/** The position to which this script last scrolled each list. */
const scrolledTo = new WeakMap();

/** True when a person has scrolled away from the newest message. */
function wasScrolled(list) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  return scrolledTo.has(list) && !atEnd && Math.abs(scrolledTo.get(list) - list.scrollTop) > 4;
}

/** Scrolls to the start of the newest message: a long message has its verdict there. */
function toNewest(list) {
  const newest = list.querySelector('.messages > :last-child');
  list.scrollTop = newest ? Math.min(list.scrollHeight, newest.offsetTop - 6) : 0;
  scrolledTo.set(list, list.scrollTop);
}

// The server does not know what a person has opened or typed, so an update keeps it.
const OWN = new Set(['open', 'hidden', 'aria-expanded', 'aria-activedescendant']);

function beforeAttributeUpdated(name, node) {
  if (name === 'hidden' || name.startsWith('aria-')) return !(OWN.has(name) && node.closest('.composer'));
  return !OWN.has(name);
}

function beforeNodeRemoved(node) {
  // This script fills the list of completions.
  if (node.nodeType === 1 && node.parentElement?.classList.contains('completions')) return false;
  // Closing the dialog first returns the focus to where it was.
  if (node.nodeName === 'DIALOG' && node.open) node.close();
  return true;
}

function keepEntered(next) {
  for (const control of app.querySelectorAll('input[id], textarea[id], select[id]')) {
    const same = next.getElementById(control.id);
    if (!same || same.name !== control.name) continue;
    if (control.type === 'checkbox' || control.type === 'radio')
      same.toggleAttribute('checked', control.checked);
    else if (control.nodeName === 'TEXTAREA') same.textContent = control.value;
    else if (control.nodeName === 'SELECT')
      for (const option of same.options) option.toggleAttribute('selected', option.value === control.value);
    else same.setAttribute('value', control.value);
  }
}

function openModal() {
  const modal = app.querySelector('dialog[data-modal]');
  if (!modal) return;
  if (!modal.open) {
    modal.showModal();
    modal.querySelector('.modal-body :is(input, textarea, select)')?.focus();
  }
  modal.querySelector('[aria-invalid]')?.focus();
}

// --- A person's actions ------------------------------------------------------------------------------------------

async function perform(name, input) {
  try {
    const answer = await fetch(`/do/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
    });
    if (answer.ok) {
      showAlert('');
      return true;
    }
    showAlert((await answer.json().catch(() => ({}))).error ?? `The sandbox answered ${answer.status}.`);
  } catch {
    showAlert(UNREACHABLE);
  }
  return false;
}

function showAlert(text) {
  alertBox.textContent = text;
}

function go(address) {
  if (address !== location.pathname + location.search) history.pushState(null, '', address);
  follow();
  openHome();
}

/** Slack sends the app an event when a person opens its Home tab. */
function openHome() {
  const query = new URLSearchParams(location.search);
  if (query.get('at') !== 'home') return;
  // The URL may name no person; the page then knows the default one.
  perform('openHome', { user: query.get('as') ?? document.querySelector('.page').dataset.as });
}

document.addEventListener('click', (event) => {
  const target = event.target.closest('button, a, summary');
  for (const menu of document.querySelectorAll('details.menu[open]'))
    if (!menu.contains(event.target) || target?.closest('.menu-items')) closeMenu(menu);
  // aria-disabled instead of `disabled`, which would take the focus away from the button just pressed.
  if (!target || target.ariaDisabled === 'true') return;
  if (target.matches('a[data-nav]')) {
    event.preventDefault();
    go(target.getAttribute('href'));
  }
  if (target.dataset.opens) document.getElementById(target.dataset.opens).showModal();
  if ('closes' in target.dataset) target.closest('dialog').close();
  if ('themeSwitch' in target.dataset) switchTheme();
  if (target.dataset.do) {
    const { go: address, ...input } = JSON.parse(target.dataset.with);
    if (address) go(address);
    perform(target.dataset.do, input);
  }
});

document.addEventListener(
  'toggle',
  ({ target }) => {
    if (target.matches('details.menu[open]')) target.lastElementChild.scrollIntoView({ block: 'nearest' });
  },
  true,
);

function closeMenu(menu) {
  const focused = menu.contains(document.activeElement);
  // A confirmation inside the menu is still open.
  if (menu.querySelector('dialog[open]')) return;
  menu.open = false;
  if (focused) menu.querySelector('summary').focus();
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.dataset.do) return;
  event.preventDefault();
  const input = JSON.parse(form.dataset.with);
  if (form.dataset.collects === 'text') {
    const field = form.elements.text;
    if (field.value.trim() === '') return;
    input.text = field.value;
    field.value = '';
    // Text that could not be sent returns to the field for correction.
    if (!(await perform(form.dataset.do, input)) && field.value === '') field.value = input.text;
    return;
  } else if (form.dataset.collects === 'values') {
    const missing = form.querySelector(':is(input, textarea, select):invalid');
    if (missing) return missing.reportValidity();
    input.values = valuesOf(form);
  } else input.entered = Object.values(valuesOf(form))[0];
  perform(form.dataset.do, input);
});

/** The entered values by field name: a text, a list of texts, or null when nothing was entered. */
function valuesOf(form) {
  const values = {};
  for (const control of form.elements) {
    if (!control.name) continue;
    if (control.type === 'checkbox') {
      values[control.name] ??= [];
      if (control.checked) values[control.name].push(control.value);
    } else if (control.type === 'radio') {
      values[control.name] ??= null;
      if (control.checked) values[control.name] = control.value;
    } else if (control.type === 'datetime-local')
      values[control.name] = control.value ? String(Date.parse(control.value) / 1000) : null;
    else values[control.name] = control.value || null;
  }
  return values;
}

// Escape closes a modal through the server, because the app may have asked for a view_closed event.
document.addEventListener(
  'cancel',
  (event) => {
    if (!event.target.dataset?.closing) return;
    event.preventDefault();
    perform('closeView', JSON.parse(event.target.dataset.closing));
  },
  true,
);

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of document.querySelectorAll('details.menu[open]')) closeMenu(menu);
});

window.addEventListener('popstate', follow);

// --- Completion of slash commands --------------------------------------------------------------------------------

const listOf = (field) => document.getElementById(field.getAttribute('aria-controls'));

function complete(field) {
  const list = listOf(field);
  const typed = field.value.toLowerCase();
  const fitting = typed.startsWith('/')
    ? JSON.parse(field.dataset.completions).filter(({ text }) => text.startsWith(typed) && text !== typed)
    : [];
  list.replaceChildren(...fitting.map((each, index) => optionOf(list, each, index)));
  expand(field, fitting.length > 0);
}

function optionOf(list, { text, hint }, index) {
  const item = document.createElement('li');
  item.role = 'option';
  item.id = `${list.id}-${index}`;
  item.ariaSelected = 'false';
  item.dataset.text = text;
  const [command, remark] = [document.createElement('code'), document.createElement('span')];
  command.textContent = text;
  remark.textContent = hint;
  item.append(command, ' ', remark);
  return item;
}

function expand(field, open) {
  listOf(field).hidden = !open;
  field.ariaExpanded = String(open);
  field.removeAttribute('aria-activedescendant');
}

function mark(field, step) {
  const options = [...listOf(field).children];
  const at = options.findIndex((each) => each.ariaSelected === 'true');
  const next = options[(at + step + options.length + (at < 0 && step < 0 ? 1 : 0)) % options.length];
  for (const each of options) each.ariaSelected = String(each === next);
  next.scrollIntoView({ block: 'nearest' });
  field.setAttribute('aria-activedescendant', next.id);
}

function take(field, option) {
  field.value = option.dataset.text;
  expand(field, false);
  field.focus();
}

document.addEventListener('input', ({ target }) => {
  if (target.dataset.completions) complete(target);
});

document.addEventListener('keydown', (event) => {
  const field = event.target;
  if (!field.dataset?.completions || listOf(field).hidden) return;
  const marked = listOf(field).querySelector('[aria-selected="true"]');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') mark(field, event.key === 'ArrowDown' ? 1 : -1);
  else if (event.key === 'Escape') expand(field, false);
  else if ((event.key === 'Enter' || event.key === 'Tab') && marked) take(field, marked);
  else {
    if (event.key === 'Enter') expand(field, false);
    return;
  }
  event.preventDefault();
});

document.addEventListener('mousedown', (event) => {
  const option = event.target.closest('.completions [role=option]');
  if (!option) return;
  event.preventDefault();
  take(document.querySelector(`[aria-controls="${option.parentElement.id}"]`), option);
});

document.addEventListener('focusout', ({ target }) => {
  if (target.dataset?.completions) expand(target, false);
});

// --- Dark and light ----------------------------------------------------------------------------------------------

const THEME = 'envcheck-sandbox-theme';

function switchTheme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  localStorage.setItem(THEME, dark ? 'light' : 'dark');
  document.documentElement.dataset.theme = dark ? 'light' : 'dark';
}

const chosen = localStorage.getItem(THEME);
if (chosen) document.documentElement.dataset.theme = chosen;

follow();
openHome();
