// window.js -- The teller's page: one key a step. The server decides; the page shows its answer.
import { html, signal, useEffect, useMemo, useState } from './lib/vendor.js';
import { t, pick } from './lib/texts.js';
import { get, info, session, newKey, post, Problem } from './lib/api.js';
import { live, loadInfo, now } from './lib/live.js';
import {
    mount,
    NeedRole,
    Shell,
    Dialog,
    Loading,
    ProblemView,
    StateBadge,
    param,
    toast,
    toastProblem,
} from './lib/ui.js';
import { stopwatch, time, duration, count } from './lib/format.js';
import {
    ROLES,
    Actions,
    ActDialog,
    Choice,
    ChooseOutlet,
    ClassBadge,
    CourtesyBadge,
    OutletPicker,
    Reason,
    StaffNav,
    StuckBanner,
    Wait,
    ago,
    keep,
    kept,
    outletId,
    risk,
    word,
} from './lib/staff.js';

const PAUSES = ['lunch', 'short', 'cash', 'meeting', 'training', 'other'];
const PARKS = ['forms', 'documents', 'other'];

/** The window this browser stands at; 0: none. */
const windowId = signal(Number(param('window') || kept('window') || 0));
/** Which dialog is open: "", "transfer", "park", "pause", "help", "call", "correct". */
const dialog = signal('');
/** The waiting ticket that a dialog is about. @type {{value: any}} */
const subject = signal(/** @type {any} */ (null));
/** The visit that ended last here, for a forgotten end. @type {{value: any}} */
const last = signal(/** @type {any} */ (null));
const keysOn = signal(kept('keys') !== 'off');
const actions = new Actions();
/** @type {any} */
let desk = null; /* the live snapshot of the window */

/** Do something at the window; the answer is the desk's new state. @param {string} what @param {any} [body] */
async function act(what, body = {}) {
    const ticket = desk && desk.data.value ? desk.data.value.ticket : null;
    const d = await actions.post(what, `/api/windows/${windowId.value}/${what}`, body);
    if (!d) {
        if (desk) desk.refresh();
        return false;
    }
    if (what === 'end' && ticket && (!d.ticket || d.ticket.id !== ticket.id))
        last.value = { ...ticket, ended_ms: d.now_ms || now.value };
    if (what === 'next' && !d.ticket) toast(t('win.nobody'));
    if (desk) desk.data.value = d;
    dialog.value = '';
    return true;
}

/** What each key does now: null when it does nothing. @param {any} d */
function moves(d) {
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
        help: () => show('help'),
    };
}
/** @type {Record<string, keyof ReturnType<typeof moves>>} */
const KEYS = {
    ' ': 'next',
    n: 'next',
    r: 'recall',
    s: 'serve',
    e: 'end',
    t: 'transfer',
    p: 'park',
    x: 'no_show',
    u: 'undo',
    b: 'pause',
    g: 'correct',
    '?': 'help',
};

/** @param {string} name @param {any} [about] */
function show(name, about = null) {
    subject.value = about;
    dialog.value = name;
}
/** @param {KeyboardEvent} e */
function onKey(e) {
    if (
        e.ctrlKey ||
        e.altKey ||
        e.metaKey ||
        e.repeat ||
        !keysOn.value ||
        !desk ||
        !desk.data.value ||
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
    const move = moves(desk.data.value)[name];
    if (move && !actions.busy.value) move();
}

/**
 * A button with its key. A press with the mouse gives the focus back, so that the space bar stays "next".
 * @param {{name: keyof ReturnType<typeof moves>, d: any, text: string, k: string, kind?: string, note?: any}} p
 */
function Key({ name, d, text, k, kind = '', note }) {
    const move = moves(d)[name];
    const busy = actions.busy.value;
    return html`<button type="button" class=${'btn key ' + kind} disabled=${!move || (!!busy && name !== 'help')} aria-keyshortcuts=${k === '␣' ? 'Space' : k}
    onClick=${(/** @type {any} */ e) => {
        if (e.detail > 0) e.currentTarget.blur();
        if (move) move();
    }}><span class="key-text">${text}${note && html`<span class="key-note">${note}</span>`}</span><span class="kbd" aria-hidden="true">${k === '␣' ? t('win.space') : k}</span></button>`;
}

/* ---- the panel of the current visit ---- */

/** @param {{d: any}} p */
function Current({ d }) {
    const ticket = d.ticket,
        s = d.session;
    if (!ticket && s.state === 'paused')
        return html`<section class="card desk-now desk-paused" aria-labelledby="now-title">
      <p class="desk-state" id="now-title">${t('win.paused')}</p>
      <p class="desk-big">${word('win.pause', s.pause_reason || 'other')}</p>
      <p class="muted">${t('win.paused.for', { time: stopwatch(ago(s.since_ms)) })}</p>
      <${Key} name="pause" d=${d} k="B" text=${t('win.resume')} kind="btn-primary btn-big" />
    </section>`;
    if (!ticket)
        return html`<section class="card desk-now" aria-labelledby="now-title">
      <p class="desk-state" id="now-title">${t('win.free')}</p>
      ${
          d.next
              ? html`<p class="muted">${t('win.up.next')}</p>
        <p class="desk-big num">${d.next.number}</p>
        <p>${pick(d.next, 'service_name')} <span class="muted">· ${t('win.waited', { time: stopwatch(d.next.waited_s) })}</span></p>`
              : html`<p class="desk-big desk-none">${t('win.nobody')}</p><p class="muted">${t('win.nobody.hint')}</p>`
      }
      <${Key} name="next" d=${d} k="␣" text=${t('win.next')} kind="btn-primary btn-big" />
    </section>`;
    const called = ticket.state === 'called';
    const since = called ? ticket.called_ms : ticket.serving_ms;
    const long = !called && ago(since) > Math.max(1200, 3 * (d.today.mean_handling_s || 0));
    return html`<section class=${'card desk-now desk-' + ticket.state} aria-labelledby="now-title">
    <p class="desk-state" id="now-title"><${StateBadge} state=${ticket.state} /> <span class="num desk-timer" title=${t(called ? 'win.calling' : 'win.handling')}>${stopwatch(ago(since))}</span></p>
    <p class="desk-big num" aria-live="polite">${ticket.number}</p>
    <p class="row-s desk-tags"><strong>${pick(ticket.service)}</strong><${ClassBadge} of=${ticket.class} always=${true} />${ticket.courtesy && html`<${CourtesyBadge} />`}
      ${ticket.booking && html`<span class="badge badge-info">${t('win.booked', { time: time(ticket.booking.slot_ms) })}</span>`}
      ${ticket.recalls > 0 && html`<span class="badge">${t('win.recalled', { n: ticket.recalls })}</span>`}</p>
    <dl class="facts">
      <div><dt>${t('win.wait')}</dt><dd><${Wait} s=${ticket.waited_s} state=${risk(ticket.waited_s, ticket.class.target_s)} /></dd></div>
      <div><dt>${t('win.taken')}</dt><dd class="num">${time(ticket.taken_ms)} <span class="muted small">${word('source', ticket.source)}</span></dd></div>
    </dl>
    ${ticket.services && ticket.services.length > 1 && html`<${Ticks} ticket=${ticket} />`}
    ${!ticket.services || ticket.services.length < 2 ? html`<p class="small muted desk-docs">${pick(ticket.service, 'documents') && t('win.documents', { text: pick(ticket.service, 'documents') })}</p>` : null}
    ${d.why && html`<p class="desk-why"><span class="strong">${t('win.why')}</span> ${pick(d.why, 'text')}</p>`}
    ${
        long &&
        html`<div class="banner banner-warn">${t('win.forgot.hint', { time: duration(ago(since)) })}
      <button type="button" class="btn btn-small" onClick=${() => show('correct')}>${t('win.correct')}<span class="kbd" aria-hidden="true">G</span></button></div>`
    }
  </section>`;
}

/** The services of one visit, ticked as they are done. @param {{ticket: any}} p */
const Ticks = ({
    ticket,
}) => html`<section class="ticks" aria-labelledby="ticks-title"><h2 id="ticks-title" class="strong small">${t('win.services')}</h2>
    <ul>${ticket.services.map((/** @type {any} */ s) => html`<li key=${s.id} class=${'tick tick-' + s.state}><span aria-hidden="true">${s.state === 'done' ? '✓' : s.state === 'now' ? '▸' : '○'}</span> ${pick(s)} <span class="small muted">${t('win.service.' + s.state)}</span></li>`)}</ul>
</section>`;

/** What comes after the present service, if the visit has more. @param {any} ticket */
function more_to_do(ticket) {
    const next = (ticket.services || []).filter((/** @type {any} */ s) => s.state === 'todo')[0];
    return next ? t('win.end.then', { service: pick(next) }) : null;
}

/** @param {{d: any}} p */
function Keys({ d }) {
    const ticket = d.ticket;
    const wait_s =
        d.recall && d.recall.ready_ms > now.value
            ? Math.ceil((d.recall.ready_ms - now.value) / 1000)
            : 0;
    const called = ticket && ticket.state === 'called';
    return html`<div class="keys" role="group" aria-label=${t('win.keys')}>
    ${
        called
            ? html`<${Key} name="serve" d=${d} k="S" text=${t('win.serve')} kind="btn-primary" />
      <${Key} name="recall" d=${d} k="R" text=${t('win.recall')} note=${wait_s ? t('dur.s', { n: wait_s }) : t('win.recall.left', { n: d.recall ? d.recall.left : 0 })} />
      <${Key} name="no_show" d=${d} k="X" text=${t('win.no_show')} />`
            : ticket
              ? html`<${Key} name="end" d=${d} k="E" text=${t('win.end')} kind="btn-primary" note=${more_to_do(ticket)} />`
              : null
    }
    ${ticket && html`<${Key} name="transfer" d=${d} k="T" text=${t('win.transfer')} /><${Key} name="park" d=${d} k="P" text=${t('win.park')} />`}
    ${!ticket && d.session.state === 'open' && html`<${Key} name="pause" d=${d} k="B" text=${t('win.pause')} />`}
    ${!ticket && last.value && html`<${Key} name="correct" d=${d} k="G" text=${t('win.correct')} note=${last.value.number} />`}
  </div>`;
}

/** The last step can be taken back for a short while. @param {{d: any}} p */
function Undo({ d }) {
    const left = d.undo ? Math.ceil((d.undo.until_ms - now.value) / 1000) : 0;
    return html`<div class=${'undo ' + (left > 0 ? '' : 'undo-none')}>${
        left > 0 &&
        html`
    <span>${t('win.undo.what', { what: word('win.did', d.undo.what), number: d.undo.number })}</span>
    <${Key} name="undo" d=${d} k="U" text=${t('win.undo')} note=${t('dur.s', { n: left })} kind="btn-small" />`
    }</div>`;
}

/* ---- the side: who waits, who is parked, how today went ---- */

/** @param {{d: any}} p */
function Side({ d }) {
    const mine = d.waiting.filter((/** @type {any} */ w) => w.eligible);
    const others = d.waiting.length - mine.length;
    const next = d.next ? d.next.number : '';
    /* the one the rule will call comes first, then the others in the order of their waits */
    const order = [...mine].sort(
        (a, b) => Number(b.number === next) - Number(a.number === next) || b.waited_s - a.waited_s,
    );
    const since = ago(d.now_ms);
    return html`<aside class="desk-side stack">
    <section class="card" aria-labelledby="side-wait">
      <div class="card-head"><h2 id="side-wait">${t('win.waiting')}</h2><span class="num strong">${t('win.people', { n: mine.length })}</span></div>
      ${
          order.length === 0
              ? html`<p class="muted">${t('win.nobody')}</p>`
              : html`<ol class="queue">
        ${order.slice(0, 8).map(
            (w) => html`<li key=${w.id} class=${w.number === next ? 'queue-next' : ''}>
          <button type="button" class="queue-row" disabled=${!!d.ticket || d.session.state !== 'open'} onClick=${() => show('call', w)}
            title=${t('win.call.this', { number: w.number })}>
            <strong class="num">${w.number}</strong>
            <span class="grow queue-what">${pick(w, 'service_name')} <${ClassBadge} of=${w.class} />${w.courtesy && html`<${CourtesyBadge} />`}</span>
            <${Wait} s=${w.waited_s + since} state=${risk(w.waited_s + since, w.class.target_s || 0)} />
          </button></li>`,
        )}
      </ol>`
      }
      ${order.length > 8 && html`<p class="small muted">${t('win.more', { n: order.length - 8 })}</p>`}
      ${others > 0 && html`<p class="small muted">${t('win.others', { n: others })}</p>`}
    </section>
    ${
        d.parked.length > 0 &&
        html`<section class="card" aria-labelledby="side-parked">
      <h2 id="side-parked">${t('win.parked')}</h2>
      <ul class="queue">${d.parked.map(
          (
              /** @type {any} */ p,
          ) => html`<li key=${p.id} class="queue-parked"><strong class="num">${p.number}</strong>
        <span class="grow small">${pick(p, 'service_name')}</span>
        <button type="button" class="btn btn-small" disabled=${!!actions.busy.value} onClick=${() => act('return', { ticket_id: p.id, first: true })}>${t('win.return.first')}</button>
        <button type="button" class="btn btn-small btn-quiet" disabled=${!!actions.busy.value} onClick=${() => act('return', { ticket_id: p.id, first: false })}>${t('win.return.turn')}</button></li>`,
      )}</ul>
    </section>`
    }
    <section class="card" aria-labelledby="side-today">
      <h2 id="side-today">${t('win.today')}</h2>
      <dl class="today">
        <div><dt>${t('win.today.served')}</dt><dd class="num">${count(d.today.served)}</dd></div>
        <div><dt>${t('win.today.handling')}</dt><dd class="num">${d.today.mean_handling_s ? stopwatch(d.today.mean_handling_s) : '—'}</dd></div>
        <div><dt>${t('win.today.wait')}</dt><dd class="num">${d.today.mean_wait_s || d.today.mean_wait_s === 0 ? stopwatch(d.today.mean_wait_s) : '—'}</dd></div>
        <div><dt>${t('win.today.no_show')}</dt><dd class="num">${count(d.today.no_shows)}</dd></div>
      </dl>
    </section>
  </aside>`;
}

/* ---- dialogs ---- */

/** @param {{d: any}} p */
function Transfer({ d }) {
    const [kind, setKind] = useState('service');
    const [to, setTo] = useState(0);
    const [first, setFirst] = useState(false);
    const [reason, setReason] = useState('');
    const lists = /** @type {Record<string, {value: number, text: string}[]>} */ ({
        service: d.services.map((/** @type {any} */ s) => ({
            value: s.id,
            text: s.prefix + ' ' + pick(s),
        })),
        window: d.windows
            .filter((/** @type {any} */ w) => w.id !== d.window.id)
            .map((/** @type {any} */ w) => ({
                value: w.id,
                text: t('win.number', { n: w.number }) + ' ' + pick(w),
            })),
        staff: d.staff
            .filter((/** @type {any} */ s) => s.id !== d.session.staff_id)
            .map((/** @type {any} */ s) => ({ value: s.id, text: s.name })),
    });
    return html`<${ActDialog} open=${true} wide onClose=${() => show('')} title=${t('win.transfer.title', { number: d.ticket.number })} go=${t('win.transfer')}
      ready=${!!to} busy=${!!actions.busy.value} onGo=${() => act('transfer', { [kind + '_id']: to, first, ...(reason ? { reason } : {}) })}>
    <div class="seg seg-fit" role="group" aria-label=${t('win.transfer.kind')}>${Object.keys(
        lists,
    ).map(
        (k) => html`<button key=${k} type="button" aria-pressed=${String(kind === k)}
      onClick=${() => {
          setKind(k);
          setTo(0);
      }}>${t('win.transfer.' + k)}</button>`,
    )}</div>
    <${Choice} key=${kind} label=${t('win.transfer.to')} value=${to} onInput=${setTo} options=${lists[kind]} columns />
    <label class="check"><input type="checkbox" checked=${first} onChange=${(/** @type {any} */ e) => setFirst(e.target.checked)} /><span>${t('win.first')} <span class="small muted">${t('win.first.hint')}</span></span></label>
    <${Reason} value=${reason} onInput=${setReason} />
  <//>`;
}
/** @param {{d: any}} p */
function Park({ d }) {
    const [reason, setReason] = useState('forms');
    return html`<${ActDialog} open=${true} onClose=${() => show('')} title=${t('win.park.title', { number: d.ticket.number })} go=${t('win.park')}
      busy=${!!actions.busy.value} onGo=${() => act('park', { reason })}>
    <p class="muted">${t('win.park.hint')}</p>
    <${Choice} label=${t('staff.reason')} value=${reason} onInput=${setReason} options=${PARKS.map((p) => ({ value: p, text: t('win.parks.' + p) }))} />
  <//>`;
}
function Pause() {
    const [reason, setReason] = useState('lunch');
    const [note, setNote] = useState('');
    return html`<${ActDialog} open=${true} onClose=${() => show('')} title=${t('win.pause')} go=${t('win.pause')}
      busy=${!!actions.busy.value} onGo=${() => act('pause', { reason, ...(note ? { note } : {}) })}>
    <${Choice} label=${t('staff.reason')} value=${reason} onInput=${setReason} columns options=${PAUSES.map((p) => ({ value: p, text: t('win.pause.' + p) }))} />
    ${reason === 'other' && html`<${Reason} value=${note} onInput=${setNote} />`}
  <//>`;
}
function CallThis() {
    const [reason, setReason] = useState('');
    const w = subject.value;
    return html`<${ActDialog} open=${true} onClose=${() => show('')} title=${t('win.call.this', { number: w.number })} go=${t('win.call')}
      ready=${reason.trim().length > 1} busy=${!!actions.busy.value} onGo=${() => act('call', { ticket_id: w.id, reason: reason.trim() })}>
    <p class="muted">${t('win.call.hint')}</p>
    <${Reason} value=${reason} onInput=${setReason} required usual=${['staff.usual.urgent', 'staff.usual.returned', 'staff.usual.appointment']} />
  <//>`;
}
/** The end was forgotten: when was it really? Ends a visit still open first. @param {{d: any}} p */
function Correct({ d }) {
    const serving = d.ticket && d.ticket.state === 'serving';
    const ticket = serving ? d.ticket : last.value;
    const from = ticket ? ticket.serving_ms || ticket.called_ms || 0 : 0;
    const until = serving ? now.value : ticket ? ticket.ended_ms : 0;
    const [back, setBack] = useState(0);
    const [reason, setReason] = useState(t('win.correct.usual'));
    const choices = useMemo(
        () => [1, 2, 3, 5, 10, 15, 20, 30, 45].filter((m) => until - m * 60000 > from).slice(-6),
        [ticket && ticket.id],
    );
    if (!ticket) return null;
    const go = () =>
        actions.run('correct', async () => {
            if (serving) {
                desk.data.value = await post(
                    `/api/windows/${windowId.value}/end`,
                    {},
                    { key: newKey(), tries: 3 },
                );
                last.value = { ...ticket, ended_ms: until };
            }
            await post(
                `/api/tickets/id/${ticket.id}/correct`,
                { ended_ms: Math.round(until - back * 60000), reason: reason.trim() },
                { key: newKey(), tries: 3 },
            );
            last.value = null;
            toast(t('win.corrected', { number: ticket.number }), 'ok');
            show('');
            desk.refresh();
        });
    return html`<${ActDialog} open=${true} onClose=${() => show('')} title=${t('win.correct.title', { number: ticket.number })} go=${t('win.correct')}
      ready=${back > 0 && reason.trim().length > 1} busy=${!!actions.busy.value} onGo=${go}>
    <p class="muted">${t('win.correct.hint', { from: time(from), until: time(until) })}</p>
    ${
        choices.length
            ? html`<${Choice} label=${t('win.correct.when')} value=${back} onInput=${setBack} columns
      options=${choices.map((m) => ({ value: m, text: t('win.correct.ago', { n: m }), hint: time(until - m * 60000) }))} />`
            : html`<p>${t('win.correct.short')}</p>`
    }
    <${Reason} value=${reason} onInput=${setReason} required />
  <//>`;
}
function Help() {
    const rows = [
        ['␣ / N', 'next'],
        ['R', 'recall'],
        ['S', 'serve'],
        ['E', 'end'],
        ['T', 'transfer'],
        ['P', 'park'],
        ['X', 'no_show'],
        ['U', 'undo'],
        ['B', 'pause'],
        ['G', 'correct'],
        ['?', 'help'],
    ];
    return html`<${Dialog} open=${true} onClose=${() => show('')} title=${t('win.help')} wide actions=${html`<button type="button" class="btn btn-primary" onClick=${() => show('')}>${t('dialog.close')}</button>`}>
    <dl class="help-keys">${rows.map(([k, name]) => html`<div key=${k}><dt><span class="kbd">${k.replace('␣', t('win.space'))}</span></dt><dd><strong>${t('win.' + name)}</strong> <span class="muted">${t('win.' + name + '.help')}</span></dd></div>`)}</dl>
    <label class="check"><input type="checkbox" checked=${keysOn.value} onChange=${(
        /** @type {any} */ e,
    ) => {
        keysOn.value = e.target.checked;
        keep('keys', keysOn.value ? 'on' : 'off');
    }} /><span>${t('win.keys.on')}</span></label>
  <//>`;
}

/* ---- the page ---- */

/** Choose the window to stand at. */
function Windows() {
    const [items, setItems] = useState(/** @type {any[]|null} */ (null));
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const o = outletId();
    const load = () => get(`/api/outlets/${o}/windows`).then((a) => setItems(a.items), setProblem);
    useEffect(() => {
        load();
    }, [o]);
    if (problem) return html`<${ProblemView} problem=${problem} onRetry=${load} />`;
    if (!items) return html`<${Loading} />`;
    return html`<div class="stack choose"><h1>${t('win.choose')}</h1><p class="muted">${t('win.choose.hint')}</p>
    <div class="grid">${items.map(
        (w) => html`<button key=${w.id} type="button" class="card window-card" onClick=${() => {
            windowId.value = w.id;
            keep('window', String(w.id));
        }}><span class="window-number num">${w.number}</span><span class="stack-s grow"><strong>${pick(w)}</strong>
      <span class="small muted">${w.session ? t('win.taken.by', { name: w.session.staff_name }) : t('win.empty')}</span></span></button>`,
    )}</div>
  </div>`;
}
function leave() {
    windowId.value = 0;
    keep('window', '');
}

/** @param {{d: any}} p */
function SignInHere({ d }) {
    return html`<div class="main-narrow card stack center desk-signin">
    <p class="muted">${pick(d.outlet)}</p>
    <h1>${t('win.number', { n: d.window.number })} · ${pick(d.window)}</h1>
    <p>${t('win.signin.hint', { name: session.value ? session.value.name : '' })}</p>
    <button type="button" class="btn btn-primary btn-big" autofocus disabled=${!!actions.busy.value} onClick=${() => act('sign-in')}>${t('win.signin')}<span class="kbd" aria-hidden="true">Enter</span></button>
    <button type="button" class="btn btn-quiet" onClick=${leave}>${t('win.other')}</button>
  </div>`;
}

function Desk() {
    const id = windowId.value;
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const [state, setState] = useState(/** @type {any} */ (null));
    useEffect(() => {
        setState(null);
        setProblem(null);
        let gone = false;
        /** @type {any} */
        let l = null;
        get(`/api/windows/${id}/desk`).then(
            (d) => {
                if (gone) return;
                l = live({
                    url: `/api/windows/${id}/desk`,
                    stream: `/api/outlets/${d.outlet.id}/stream`,
                    debounce_ms: 150,
                });
                desk = l;
                setState(l);
            },
            (e) => !gone && setProblem(e),
        );
        return () => {
            gone = true;
            if (l) l.close();
            desk = null;
        };
    }, [id]);
    const d = state ? state.data.value : null;
    const ticket_id = d && d.ticket ? d.ticket.id : 0;
    useEffect(() => {
        if (dialog.value !== 'help' && dialog.value !== 'pause') dialog.value = '';
    }, [ticket_id]);
    if (problem)
        return html`<${ProblemView} problem=${problem} onRetry=${leave}><button type="button" class="btn" onClick=${leave}>${t('win.other')}</button><//>`;
    if (!d) return html`<${Loading} />`;
    const me = session.value && session.value.name;
    if (!d.session) return html`<${SignInHere} d=${d} />`;
    if (d.session.staff_name !== me)
        return html`<div class="main-narrow card stack center"><h1>${t('win.number', { n: d.window.number })}</h1><p>${t('win.taken.by', { name: d.session.staff_name })}</p>
      ${info.value && info.value.demo && html`<button type="button" class="btn btn-big" disabled=${!!actions.busy.value} onClick=${() => act('sign-in')}>${t('win.signin')}</button>`}
      <button type="button" class="btn btn-primary" onClick=${leave}>${t('win.other')}</button></div>`;
    return html`<h1 class="sr-only">${t('win.number', { n: d.window.number })}</h1>
    <${StuckBanner} actions=${actions} />
    <div class="desk" aria-busy=${String(!!actions.busy.value)}>
      <div class="desk-main stack"><${Current} d=${d} /><${Keys} d=${d} /><${Undo} d=${d} /></div>
      <${Side} d=${d} />
    </div>
    ${dialog.value === 'transfer' && d.ticket && html`<${Transfer} d=${d} />`}
    ${dialog.value === 'park' && d.ticket && html`<${Park} d=${d} />`}
    ${dialog.value === 'pause' && html`<${Pause} />`}
    ${dialog.value === 'call' && subject.value && html`<${CallThis} />`}
    ${dialog.value === 'correct' && html`<${Correct} d=${d} />`}`;
}

function Tools() {
    const d = desk && windowId.value ? desk.data.value : null;
    now.value; /* the desk's snapshot arrives without a new render of the bar */
    const mine = d && d.session && session.value && d.session.staff_name === session.value.name;
    return html`<button type="button" class="btn-bar" onClick=${() => show('help')}>${t('win.help.short')} <span class="kbd" aria-hidden="true">?</span></button>
    ${mine && html`<button type="button" class="btn-bar" disabled=${!!d.ticket || !!actions.busy.value} onClick=${() => act('sign-out')}>${t('win.signout')}</button>`}`;
}

function App() {
    useEffect(() => {
        loadInfo().catch(toastProblem);
        window.addEventListener('keydown', onKey);
        return () => window.removeEventListener('keydown', onKey);
    }, []);
    const d = desk ? desk.data.value : null;
    const where =
        windowId.value && d
            ? html`${pick(d.outlet)} · <strong>${t('win.number', { n: d.window.number })}</strong>`
            : html`<${OutletPicker} />`;
    now.value;
    return html`<${Shell} title=${t('staff.page.window')} where=${where} wide footer=${false} class="window-page"
      tools=${html`<${StaffNav} here="window" /><${Tools} />`}>
    <${NeedRole} roles=${ROLES.window}>
      ${windowId.value ? html`<${Desk} />` : outletId() ? html`<${Windows} />` : html`<${ChooseOutlet} />`}
    <//>
    ${dialog.value === 'help' && html`<${Help} />`}
  <//>`;
}
mount(App);
