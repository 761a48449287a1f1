// window-desk.js -- The teller's window as the page knows it, its steps, and the key of each step.
import { html, signal } from './vendor.js';
import { t } from './texts.js';
import { now } from './live.js';
import { param, toast } from './ui.js';
import { Actions, kept } from './staff.js';

/** The window this browser stands at; 0: none. */
export const windowId = signal(Number(param('window') || kept('window') || 0));
/** Which dialog is open: "", "transfer", "park", "pause", "help", "call", "correct". */
export const dialog = signal('');
/** The waiting ticket that a dialog is about. @type {{value: any}} */
export const subject = signal(/** @type {any} */ (null));
/** The visit that ended last here, for a forgotten end. @type {{value: any}} */
export const last = signal(/** @type {any} */ (null));
export const keysOn = signal(kept('keys') !== 'off');
export const actions = new Actions();
/** The live snapshot of the window, while there is one. @type {{live: any}} */
export const here = { live: null };

/** Do something at the window; the answer is the desk's new state. @param {string} what @param {any} [body] */
export async function act(what, body = {}) {
    const ticket = here.live && here.live.data.value ? here.live.data.value.ticket : null;
    const d = await actions.post(what, `/api/windows/${windowId.value}/${what}`, body);
    if (!d) {
        if (here.live) here.live.refresh();
        return false;
    }
    if (what === 'end' && ticket && (!d.ticket || d.ticket.id !== ticket.id))
        last.value = { ...ticket, ended_ms: d.now_ms || now.value };
    if (what === 'next' && !d.ticket) toast(t('win.nobody'));
    if (here.live) here.live.data.value = d;
    dialog.value = '';
    return true;
}

/** What each key does now: null when it does nothing. @param {any} d */
export function moves(d) {
    const s = d.session,
        ticket = d.ticket;
    const open = s && s.state === 'open',
        called = ticket && ticket.state === 'called',
        serving = ticket && ticket.state === 'serving';
    const ready = !d.recall || !d.recall.ready_ms || now.value >= d.recall.ready_ms;
    const undo = d.undo && d.undo.until_ms > now.value;
    return {
        next: open && !ticket ? () => act('next') : null,
        recall: called && d.recall && d.recall.left > 0 && ready ? () => act('recall') : null,
        serve: called ? () => act('serve') : null,
        end: serving ? () => act('end') : null,
        transfer: ticket ? () => show('transfer') : null,
        park: ticket ? () => show('park') : null,
        no_show: called ? () => act('no-show') : null,
        undo: undo ? () => act('undo') : null,
        pause: s && !ticket ? () => (s.state === 'paused' ? act('resume') : show('pause')) : null,
        correct: last.value || serving ? () => show('correct') : null,
        counter: serving ? () => location.assign('/counter.html') : null,
        help: () => show('help'),
    };
}
/** @type {Record<string, keyof ReturnType<typeof moves>>} */
const KEYS = {
    ' ': 'next',
    'n': 'next',
    'r': 'recall',
    's': 'serve',
    'e': 'end',
    't': 'transfer',
    'p': 'park',
    'x': 'no_show',
    'u': 'undo',
    'b': 'pause',
    'g': 'correct',
    'm': 'counter',
    '?': 'help',
};

/** @param {string} name @param {any} [about] */
export function show(name, about = null) {
    subject.value = about;
    dialog.value = name;
}
/** @param {KeyboardEvent} e */
export function onKey(e) {
    if (
        e.ctrlKey ||
        e.altKey ||
        e.metaKey ||
        e.repeat ||
        !keysOn.value ||
        !here.live ||
        !here.live.data.value ||
        document.querySelector('dialog[open]')
    )
        return;
    const at = /** @type {HTMLElement} */ (e.target);
    if (at.matches && at.matches('input,textarea,select')) return;
    /* with a Chinese input method switched on the key has no letter; its place on the keyboard has */
    const key =
        e.key.length === 1
            ? e.key.toLowerCase()
            : /^Key[A-Z]$/.test(e.code)
              ? e.code[3].toLowerCase()
              : '';
    if (key === ' ' && at.matches && at.matches('button,a,summary'))
        return; /* the space bar belongs to the button that has the focus */
    const name = KEYS[key];
    if (!name) return;
    e.preventDefault();
    const move = moves(here.live.data.value)[name];
    if (move && !actions.busy.value) move();
}

/**
 * A button with its key. A press with the mouse gives the focus back, so that the space bar stays "next".
 * @param {{name: keyof ReturnType<typeof moves>, d: any, text: string, k: string, kind?: string, note?: any}} p
 */
export function Key({ name, d, text, k, kind = '', note }) {
    const move = moves(d)[name];
    const busy = actions.busy.value;
    return html`
      <button
          type="button" class=${'btn key ' + kind} disabled=${!move || (!!busy && name !== 'help')}
          aria-keyshortcuts=${k === '␣' ? 'Space' : k}
          onClick=${(/** @type {any} */ e) => {
              if (e.detail > 0) e.currentTarget.blur();
              if (move) move();
          }}>
        <span class="key-text">${text}${note && html`<span class="key-note">${note}</span>`}</span>
        <span class="kbd" aria-hidden="true">${k === '␣' ? t('win.space') : k}</span>
      </button>
    `;
}
