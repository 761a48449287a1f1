// counter-cash.js -- Drawers and vaults: counted blind, handed over, filled; what moved through them.
import { html, signal, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, post, patch, session, Problem } from './api.js';
import { Field, Loading, Select, ask, toast, toastProblem } from './ui.js';
import { Scroll } from './table.js';
import { ActDialog, outletId, outlets } from './staff.js';
import { dateTime } from './format.js';
import { amount, typedAmount } from './amount.js';
import {
    AmountField,
    busy,
    desk,
    limits,
    order,
    Pieces,
    piecesFen,
    piecesOf,
} from './counter-base.js';

/** Notes and coins of the yuan, as the server lists them. */
export const FACES = [
    '100.00',
    '50.00',
    '20.00',
    '10.00',
    '5.00',
    '2.00',
    '1.00',
    '0.50',
    '0.20',
    '0.10',
    '0.05',
    '0.02',
    '0.01',
];

/** All boxes of the outlet, as last read. @type {{value: any}} */
const boxes = signal(/** @type {any} */ (null));
/** The box whose page is open; 0: one's own, or none. */
const seen = signal(0);
/** The dialog: null, or {what, box}. @type {{value: any}} */
const dialog = signal(/** @type {any} */ (null));
/** Counts up when something moved: whoever shows a box reads it again. */
export const stirred = signal(0);

export function loadBoxes() {
    const o = outletId();
    return get('/api/cash/boxes' + (o ? '?outlet=' + o : '')).then((d) => {
        boxes.value = d;
    }, toastProblem);
}
function again() {
    stirred.value++;
    loadBoxes();
    if (desk.live) desk.live.refresh();
}

const name = (/** @type {any} */ b) => t('cash.kind.' + b.kind) + ' ' + b.number;
const grade = () => (session.value && /** @type {any} */ (session.value).role) || '';
const leads = () => ['head', 'office'].includes(grade());

/** One's own drawer, whatever its state. */
const own = () =>
    (boxes.value ? boxes.value.items : []).find(
        (/** @type {any} */ b) =>
            b.kind === 'drawer' && !!session.value && b.holder_id === session.value.id,
    );
const holds = () => !!own();

/** What may be done with a box now. @param {any} b */
function acts(b) {
    const me = session.value ? session.value.id : 0;
    const out = [];
    const grade_ = limits.value ? limits.value.grade : 0;
    if (b.kind === 'central' && session.value && session.value.outlet_id) return out;
    if (!b.active) return leads() ? ['on'] : [];
    if (b.kind === 'drawer') {
        if (b.state === 'closed' && grade_ > 0 && !holds()) out.push('open');
        if (b.state === 'open' && b.mine) out.push('close', 'fetch', 'return', 'change', 'hand');
        if (b.state === 'handed' && b.holder_id === me) out.push('hand_back');
        if (b.state === 'handed' && b.next_id === me) out.push('takeover');
        if (b.state === 'counting' && (b.next_id || b.holder_id) === me) out.push('again');
        else if (b.state === 'counting' && grade_ >= 2) out.push('second');
        if (b.state === 'open' && !b.mine && grade_ >= 2) out.push('spot');
        if (b.state === 'closed' && leads()) out.push('off');
    } else {
        if (b.state === 'open' && grade_ >= 2) out.push('spot', 'send');
        if (b.state === 'open' && leads()) out.push('supply');
        if (b.state === 'counting' && grade_ >= 2) out.push('second');
    }
    return out;
}
/** @type {Record<string, string>} */
const WORDS = {
    open: 'cash.open',
    close: 'cash.close',
    fetch: 'cash.fetch',
    return: 'cash.return',
    change: 'cash.change',
    hand: 'cash.hand',
    hand_back: 'cash.hand.back',
    takeover: 'cash.takeover',
    again: 'cash.again',
    second: 'cash.second',
    spot: 'cash.spot',
    send: 'cash.send',
    supply: 'cash.supply',
    on: 'admin.device.on',
    off: 'admin.device.off',
};

/** @param {any} b @param {string} what */
async function act(b, what) {
    if (what === 'hand_back') {
        const r = await order(`/api/cash/boxes/${b.id}/hand-over`, { staff_id: 0 });
        if (r) again();
        return;
    }
    if (what === 'on' || what === 'off') {
        try {
            await patch('/api/cash/boxes/' + b.id, { active: what === 'on' });
            again();
        } catch (e) {
            toastProblem(e);
        }
        return;
    }
    dialog.value = { what, box: b };
}

const STATE = /** @type {Record<string, string>} */ ({
    open: 'badge-ok',
    counting: 'badge-warn',
    handed: 'badge-warn',
    closed: '',
});

/** @param {{b: any}} p */
function Box({ b }) {
    return html`
      <article class="card card-flat stack-s counter-box">
        <div class="row row-between">
          <button type="button" class="btn-link strong" onClick=${() => (seen.value = b.id)}>
            ${name(b)}
          </button>
          <span class=${'badge ' + STATE[b.state]}>${t('cash.state.' + b.state)}</span>
        </div>
        ${b.holder && html`<p class="small">${t('cash.holder')} ${b.holder}</p>`}
        ${b.book !== null && html`
          <p class="small muted">${t('cash.book')} <span class="num">${amount(b.book)}</span></p>
        `}
        <div class="row-s">
          ${acts(b).map(
              (x) => html`
                <button
                    key=${x} type="button" class="btn btn-small" disabled=${!!busy.value}
                    onClick=${() => act(b, x)}>
                  ${t(WORDS[x])}
                </button>
              `,
          )}
        </div>
      </article>
    `;
}

/** @param {{list: any[]}} p */
function Road({ list }) {
    const here = boxes.value.items;
    const of = (/** @type {number} */ id) => here.find((/** @type {any} */ b) => b.id === id);
    if (!list.length) return null;
    return html`
      <h3>${t('cash.road')}</h3>
      ${list.map(
          (x) => html`
            <p key=${x.id} class="row row-between">
              <span class="small num">${dateTime(x.sent_ms)} ${x.sent_by}</span>
              ${of(x.to) && html`
                <button
                    type="button" class="btn btn-small"
                    onClick=${() => (dialog.value = { what: 'arrive', box: of(x.to), transit: x })}>
                  ${t('cash.arrive')}
                </button>
              `}
            </p>
          `,
      )}
    `;
}

/** Boxes under the name of their outlet, when there are several. @param {any[]} list @returns {[string, any[]][]} */
function byOutlet(list) {
    /** @type {Map<number, any[]>} */
    const groups = new Map();
    for (const b of list) groups.set(b.outlet_id, [...(groups.get(b.outlet_id) || []), b]);
    if (groups.size < 2) return [['', list]];
    const named = (/** @type {number} */ id) =>
        pick((outlets.value || []).find((o) => o.id === id)) || t('cash.bank');
    return [...groups].map(([id, of]) => [named(id), of]);
}

/** The form's part of the page about cash. */
export function DrawerTab() {
    const me = session.value ? session.value.id : 0;
    useEffect(() => {
        loadBoxes();
    }, [outletId(), stirred.value]);
    const d = boxes.value;
    if (!d) return html`<${Loading} />`;
    const mine = own();
    const shown = seen.value || (mine && mine.id) || 0;
    const order_ = (/** @type {any} */ b) => (b.holder_id === me ? 0 : b.kind === 'drawer' ? 2 : 1);
    return html`
      <div class="stack">
        <div class="row row-between">
          <h2>${t('cash.title')}</h2>
          ${leads() && html`
            <button
                type="button" class="btn btn-small"
                onClick=${() => (dialog.value = { what: 'new', box: null })}>
              ${t('cash.new')}
            </button>
          `}
        </div>
        ${!d.items.length && html`<p class="muted">${t('cash.none')}</p>`}
        ${byOutlet(
            d.items
                .filter((/** @type {any} */ b) => b.active || leads())
                .filter(
                    (/** @type {any} */ b) =>
                        b.kind !== 'central' || !session.value || !session.value.outlet_id,
                )
                .sort(
                    (/** @type {any} */ a, /** @type {any} */ b) =>
                        order_(a) - order_(b) || a.number - b.number,
                ),
        ).map(
            ([o, list]) => html`
              ${o && html`<h3 key=${'h' + o}>${o}</h3>`}
              <div class="counter-boxes" key=${'b' + o}>
                ${list.map((b) => html`<${Box} key=${b.id} b=${b} />`)}
              </div>
            `,
        )}
        <${Road} list=${d.transits} />
        ${shown > 0 && html`<${Life} id=${shown} />`}
      </div>
      <${Dialogs} />
    `;
}

/* ---- one box: what moved, who counted ---- */

/** @param {any} m @param {any} b */
const mayTakeBack = (m, b) => b.mine && b.state === 'open' && (m.kind === 'in' || m.kind === 'out');

/** @param {any} m */
async function takeBack(m) {
    const yes = await ask({
        title: t('cash.reverse.ask'),
        text: t('cash.reverse.text'),
        yes: t('counter.slip.back'),
    });
    if (!yes) return;
    const r = await order(`/api/cash/moves/${m.id}/reverse`, {});
    if (r) again();
}

/** @param {{id: number}} p */
function Life({ id }) {
    const [d, setD] = useState(/** @type {any} */ (null));
    useEffect(() => {
        let gone = false;
        get('/api/cash/boxes/' + id).then((x) => !gone && setD(x), toastProblem);
        return () => {
            gone = true;
        };
    }, [id, stirred.value]);
    if (!d || d.box.id !== id) return html`<${Loading} />`;
    return html`
      <section class="stack" aria-label=${name(d.box)}>
        ${d.full && d.box.mine && html`<p class="banner banner-warn">${t('cash.full')}</p>`}
        <h3>${name(d.box)} · ${t('cash.moves')}</h3>
        ${!d.moves.length && html`<p class="muted">${t('cash.moves.none')}</p>`}
        ${d.moves.length > 0 && html`
          <${Scroll} label=${t('cash.moves')}>
            <table class="table table-phone table-phone-two">
              <thead>
                <tr>
                  <th scope="col">${t('counter.slip.at')}</th>
                  <th scope="col">${t('approve.what')}</th>
                  <th scope="col" class="r">${t('approve.amount')}</th>
                  <th scope="col">${t('counter.slip.staff')}</th>
                  <th scope="col">${t('counter.lines.memo')}</th>
                  <td></td>
                </tr>
              </thead>
              <tbody>
                ${d.moves.slice(0, 30).map(
                    (/** @type {any} */ m) => html`
                      <tr key=${m.id}>
                        <td class="num nowrap">${dateTime(m.at_ms)}</td>
                        <td>
                          ${t('cash.move.' + m.kind)}
                          ${m.large && html` <span class="badge badge-warn">
                              ${t('cash.move.large')}
                            </span>
                          `}
                        </td>
                        <td class="r num">${amount(m.amount)}</td>
                        <td class="small">${m.staff}${m.second ? ' / ' + m.second : ''}</td>
                        <td class="small muted">${m.note}</td>
                        <td class="r">
                          ${mayTakeBack(m, d.box) && html`
                            <button
                                type="button" class="btn btn-small btn-quiet"
                                onClick=${() => takeBack(m)}>
                              ${t('counter.slip.back')}
                            </button>
                          `}
                        </td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
        `}
        <h3>${t('cash.counts')}</h3>
        ${d.counts.length > 0 && html`
          <${Scroll} label=${t('cash.counts')}>
            <table class="table table-phone table-phone-two">
              <thead>
                <tr>
                  <th scope="col">${t('counter.slip.at')}</th>
                  <th scope="col">${t('cash.count')}</th>
                  <th scope="col">${t('cash.counter')}</th>
                  <th scope="col" class="r">${t('cash.counted')}</th>
                  <th scope="col">${t('cash.outcome')}</th>
                </tr>
              </thead>
              <tbody>
                ${d.counts.slice(0, 10).map(
                    (/** @type {any} */ k, /** @type {number} */ i) => html`
                      <tr key=${i}>
                        <td class="num nowrap">${dateTime(k.at_ms)}</td>
                        <td>${t('cash.kind.' + k.kind)}</td>
                        <td>${k.staff}</td>
                        <td class="r num">${k.counted !== null ? amount(k.counted) : '—'}</td>
                        <td>
                          ${
                            k.outcome === 'booked'
                                ? t('cash.outcome.booked', { over: amount(k.over) })
                                : t('cash.outcome.' + k.outcome)
                          }
                        </td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
        `}
      </section>
    `;
}

/* ---- dialogs ---- */

const close = () => (dialog.value = null);

function Dialogs() {
    const d = dialog.value;
    if (!d) return null;
    if (d.what === 'new') return html`<${NewBox} />`;
    if (d.what === 'hand') return html`<${HandOver} b=${d.box} />`;
    if (['fetch', 'return', 'send', 'supply'].includes(d.what))
        return html`<${Haul} what=${d.what} b=${d.box} />`;
    if (d.what === 'change') return html`<${Change} b=${d.box} />`;
    return html`<${Count} what=${d.what} b=${d.box} transit=${d.transit} />`;
}

/** Counting, blind. @param {{what: string, b: any, transit?: any}} p */
function Count({ what, b, transit }) {
    const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
    const [hint, setHint] = useState('');
    useEffect(() => {
        if (!transit)
            get('/api/cash/boxes/' + b.id).then(
                (d) => setHint(d.demo_book || ''),
                () => {},
            );
    }, [b.id]);
    const second = what === 'second';
    const kind =
        what === 'open' || what === 'takeover' ? 'open' : what === 'spot' ? 'spot' : 'close';
    const go = async () => {
        const pieces = piecesOf(typed);
        if (transit) {
            const r = await order(`/api/cash/transits/${transit.id}/arrive`, { pieces });
            if (r) {
                close();
                again();
            }
            return;
        }
        const was = b.state === 'counting' && !second;
        const path = `/api/cash/boxes/${b.id}/` + (second ? 'recount' : 'count');
        /* who counts again goes on with the round that began: opening or closing */
        const tries = second ? [null] : was ? ['close', 'open'] : [kind];
        for (const k of tries) {
            /** @type {any} */
            let blocked = null;
            const r = await order(path, k ? { kind: k, pieces } : { pieces }, {
                onProblem: (p) => {
                    blocked = p;
                    return k !== tries[tries.length - 1] && p.code === 'CASH_COUNTING';
                },
            });
            if (r && r.slip) {
                const o = r.slip;
                toast(
                    t('cash.outcome.' + o.outcome, { over: o.over ? amount(o.over) : '' }),
                    o.outcome === 'agrees' || o.outcome === 'booked' ? 'ok' : 'danger',
                    8000,
                );
                setTyped({});
                again();
                if (o.outcome === 'again') {
                    dialog.value = { what: 'again', box: o.box };
                    const first = /** @type {any} */ (
                        document.querySelector('dialog .piece input')
                    );
                    if (first) first.focus();
                } else {
                    close();
                }
                return;
            }
            if (!blocked || blocked.code !== 'CASH_COUNTING') return;
        }
    };
    const title = transit ? t('cash.arrive') : t(WORDS[what]);
    return html`
      <${ActDialog}
          open onClose=${close} title=${title + ' · ' + name(b)} go=${t('cash.count.go')} wide
          busy=${!!busy.value} onGo=${go}>
        <p class="muted">${t('cash.count.blind')}</p>
        ${hint && html`<p class="banner">${t('cash.count.demo', { book: amount(hint) })}</p>`}
        <${Pieces} faces=${FACES} typed=${typed} onTyped=${setTyped} />
      <//>
    `;
}

/** Cash from box to box, or from and to the central bank. @param {{what: string, b: any}} p */
function Haul({ what, b }) {
    const all = boxes.value.items.filter((/** @type {any} */ x) => x.active && x.id !== b.id);
    const same = all.filter((/** @type {any} */ x) => x.outlet_id === b.outlet_id);
    const list =
        what === 'send'
            ? all.filter(
                  (/** @type {any} */ x) => x.kind !== 'drawer' || x.outlet_id === b.outlet_id,
              )
            : same;
    const [to, setTo] = useState(String((list[0] || {}).id || ''));
    const [back, setBack] = useState('in');
    const [v, setV] = useState('');
    const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
    const money = typedAmount(v);
    const sum = piecesFen(typed);
    const other = list.find((/** @type {any} */ x) => String(x.id) === to);
    const go = async () => {
        if (!money) return;
        const pieces = piecesOf(typed);
        const body = /** @type {any} */ ({ amount: money.text });
        if (pieces.length) body.pieces = pieces;
        let path = `/api/cash/boxes/${b.id}/supply`;
        if (what === 'supply') {
            body.back = back === 'out';
        } else {
            const far = other && other.outlet_id !== b.outlet_id;
            path = far ? '/api/cash/send' : '/api/cash/transfer';
            body.from = what === 'fetch' ? Number(to) : b.id;
            body.to = what === 'fetch' ? b.id : Number(to);
        }
        const r = await order(path, body);
        if (!r) return;
        close();
        again();
    };
    return html`
      <${ActDialog}
          open onClose=${close} title=${t(WORDS[what]) + ' · ' + name(b)} wide
          go=${t('counter.confirm.ask')} ready=${!!money && (!sum || sum === money.fen)}
          busy=${!!busy.value} onGo=${go}>
        ${
          what === 'supply'
              ? html`
                  <${Select}
                      label=${t('cash.supply')} value=${back} onInput=${setBack}
                      options=${['in', 'out'].map((x) => ({
                          value: x,
                          text: t('cash.supply.' + x),
                      }))} />
                `
              : html`
                  <${Select}
                      label=${t(what === 'fetch' ? 'cash.from' : 'cash.to')} value=${to}
                      onInput=${setTo}
                      options=${list.map((/** @type {any} */ x) => ({
                          value: x.id,
                          text: name(x) + (x.holder ? ' · ' + x.holder : ''),
                      }))} />
                `
        }
        <${AmountField} label=${t('counter.amount')} value=${v} onInput=${setV} autofocus />
        <details class="counter-details">
          <summary>${t('counter.pieces.optional')}</summary>
          <${Pieces}
              faces=${FACES} typed=${typed} onTyped=${setTyped} of=${money ? money.fen : null} />
        </details>
        <p class="muted">${t('cash.two')}</p>
      <//>
    `;
}

/** @param {{b: any}} p */
function Change({ b }) {
    const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
    const pieces = piecesOf(typed);
    return html`
      <${ActDialog}
          open onClose=${close} title=${t('cash.change') + ' · ' + name(b)} go=${t('cash.change')}
          wide ready=${pieces.length > 0 && piecesFen(typed) === 0n} busy=${!!busy.value}
          onGo=${async () => {
              if (await order(`/api/cash/boxes/${b.id}/change`, { pieces })) {
                  close();
                  again();
              }
          }}>
        <p class="muted">${t('cash.change.hint')}</p>
        <${Pieces} faces=${FACES} typed=${typed} onTyped=${setTyped} of=${0n} signed />
      <//>
    `;
}

/** @param {{b: any}} p */
function HandOver({ b }) {
    const [list, setList] = useState(/** @type {any[]|null} */ (null));
    const [to, setTo] = useState('');
    useEffect(() => {
        get(`/api/counter/people`).then((d) => {
            setList(d.items);
            if (d.items.length) setTo(String(d.items[0].id));
        }, toastProblem);
    }, []);
    return html`
      <${ActDialog}
          open onClose=${close} title=${t('cash.hand') + ' · ' + name(b)} go=${t('cash.hand')}
          ready=${!!to} busy=${!!busy.value}
          onGo=${async () => {
              const body = { staff_id: Number(to) };
              if (await order(`/api/cash/boxes/${b.id}/hand-over`, body)) {
                  close();
                  again();
              }
          }}>
        <${Select}
            label=${t('cash.hand.to')} value=${to} onInput=${setTo}
            options=${(list || []).map((s) => ({ value: s.id, text: s.name }))} />
      <//>
    `;
}

function NewBox() {
    const [kind, setKind] = useState('drawer');
    const [n, setN] = useState('');
    const [error, setError] = useState('');
    const go = async () => {
        setError('');
        try {
            const body = /** @type {any} */ ({ kind, number: Number(n) });
            if (session.value && !session.value.outlet_id && kind !== 'central')
                body.outlet_id = outletId();
            await post('/api/cash/boxes', body);
            toast(t('cash.made'), 'ok');
            close();
            again();
        } catch (e) {
            setError(/** @type {Problem} */ (e).title);
        }
    };
    const kinds =
        session.value && session.value.outlet_id
            ? ['drawer', 'vault']
            : ['drawer', 'vault', 'central'];
    return html`
      <${ActDialog}
          open onClose=${close} title=${t('cash.new')} go=${t('cash.new')}
          ready=${/^\d{1,3}$/.test(n)} onGo=${go}>
        <${Select}
            label=${t('cash.new.kind')} value=${kind} onInput=${setKind}
            options=${kinds.map((k) => ({ value: k, text: t('cash.kind.' + k) }))} />
        <${Field}
            label=${t('cash.new.number')} value=${n} onInput=${setN} inputmode="numeric"
            maxlength="3" error=${error} />
      <//>
    `;
}

/** The own drawer in a few words, for the side. */
export function DrawerCard() {
    useEffect(() => {
        loadBoxes();
    }, [outletId(), stirred.value]);
    const mine = own();
    return html`
      <section class="card stack-s" aria-label=${t('counter.side.drawer')}>
        <div class="row row-between">
          <h2 class="counter-h">${t('counter.side.drawer')}</h2>
          ${mine && html`
            <span class=${'badge ' + STATE[mine.state]}>${t('cash.state.' + mine.state)}</span>
          `}
        </div>
        ${
          mine
              ? html`
                  <p class="small">
                    ${name(mine)} · ${t('cash.moves')} <span class="num">${mine.moves}</span>
                  </p>
                `
              : html`<p class="muted small">${t('counter.nodrawer')}</p>`
        }
      </section>
    `;
}
