// counter-approve.js -- What waits for a second person: seen as it was sent, decided; and the limits.
import { html, signal, useEffect, useState } from './vendor.js';
import { t, pick, has } from './texts.js';
import { get, post, put, newKey, session, Problem } from './api.js';
import { now } from './live.js';
import { Dialog, Field, Loading, toast, toastProblem } from './ui.js';
import { Scroll } from './table.js';
import { Reason, outletId } from './staff.js';
import { dateTime } from './format.js';
import { amount, fenOf, typedAmount } from './amount.js';
import { capitals } from './capitals.js';
import {
    AmountField,
    grouped,
    cashSettings,
    desk,
    limits,
    outcome,
    refreshCustomer,
} from './counter-base.js';
import { showSlip } from './counter-money.js';
import { stirred } from './counter-cash.js';

/** The approval that is looked at; 0: none. */
export const looked = signal(0);

const STATE = /** @type {Record<string, string>} */ ({
    open: 'badge-info',
    approved: 'badge-ok',
    rejected: 'badge-danger',
    withdrawn: '',
    expired: 'badge-warn',
});
/** @param {{a: any}} p */
export const ApprovalState = ({ a }) =>
    html`<span class=${'badge ' + STATE[a.state]}>${t('approve.state.' + a.state)}</span>`;

/** A large amount is typed by the second person, so it is not shown to them before. @param {any} a */
const shownAmount = (a) =>
    !a.amount ? '' : a.rekey && !a.mine && a.state === 'open' ? '******' : amount(a.amount);

/** @param {any} a */
const left = (a) => Math.max(0, Math.ceil((a.expires_ms - now.value) / 60000));

function stir() {
    stirred.value++;
    if (desk.live) desk.live.refresh();
    refreshCustomer();
}

/** A card in the side list. @param {{a: any}} p */
export function ApprovalCard({ a }) {
    return html`
      <button
          type="button" class="card card-flat counter-waiting"
          onClick=${() => (looked.value = a.id)}>
        <span class="row row-between">
          <span class="small">${t('approve.kind.' + a.kind)}</span>
          <strong class="num">${shownAmount(a)}</strong>
        </span>
        <span class="small">${pick(a, 'summary')}</span>
        <span class="row row-between">
          <span class="tiny muted">${a.maker}</span>
          ${
            a.state === 'open'
                ? html`
                    <span class="tiny muted num">${t('counter.side.left', { m: left(a) })}</span>
                  `
                : html`<${ApprovalState} a=${a} />`
          }
        </span>
      </button>
    `;
}

const WORDS_OF = /** @type {Record<string, string>} */ ({
    step: 'counter.step.',
    cycle: 'standing.',
    holiday: 'standing.holiday.',
    state: 'standing.state.',
    kind: 'prod.kind.',
    accrual: 'dayend.accrual.',
});
/** A field of the bytes as a person reads it. @param {string} k @param {any} v */
function fieldText(k, v) {
    if (Array.isArray(v))
        return v.map((x) => (x.face ? `${x.face}×${x.n}` : JSON.stringify(x))).join('  ');
    if (typeof v === 'boolean') return t(v ? 'approve.true' : 'approve.false');
    const s = typeof v === 'object' ? JSON.stringify(v) : String(v);
    const word = WORDS_OF[k] + s;
    if (k in WORDS_OF && has(word)) return t(word);
    if (/^\d{19}$/.test(s)) return grouped(s);
    return /^-?\d+\.\d\d$/.test(s) ? amount(s) : s;
}
/** The bytes as a person can read them; the very bytes stand below. @param {{body: string}} p */
function Bytes({ body }) {
    let fields = /** @type {[string, any][]} */ ([]);
    try {
        /* which box to which stands in the summary by name */
        fields = Object.entries(JSON.parse(body)).filter(
            ([k, v]) => !((k === 'from' || k === 'to') && typeof v === 'number'),
        );
    } catch {
        fields = [];
    }
    return html`
      <dl class="counter-facts">
        ${fields.map(([k, v]) => {
            const key = 'approve.field.' + k;
            return html`
              <dt key=${k} class=${has(key) ? '' : 'mono'}>${has(key) ? t(key) : k}</dt>
              <dd class="num">${fieldText(k, v)}</dd>
            `;
        })}
      </dl>
    `;
}

/** One approval: seen, decided. */
export function ApprovalDialog() {
    const id = looked.value;
    const [d, setD] = useState(/** @type {any} */ (null));
    const [typed, setTyped] = useState('');
    const [no, setNo] = useState(false);
    const [reason, setReason] = useState('');
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    const load = () =>
        get('/api/approvals/' + id).then(setD, (e) => {
            toastProblem(e);
            looked.value = 0;
        });
    useEffect(() => {
        setD(null);
        setTyped('');
        setNo(false);
        setReason('');
        setProblem(null);
        if (id) load();
    }, [id]);
    if (!id) return null;
    const a = d && d.approval;
    const money = typedAmount(typed);
    const fits = !a || !a.rekey || (money && a.amount && money.fen === fenOf(a.amount));
    /** @param {string} what @param {any} body @param {string} said */
    const decide = async (what, body, said) => {
        setBusy(true);
        setProblem(null);
        try {
            await post(`/api/approvals/${id}/${what}`, body, { key: newKey(), tries: 3 });
            toast(t(said), 'ok');
            looked.value = 0;
            stir();
        } catch (e) {
            setProblem(/** @type {Problem} */ (e));
            load();
            stir();
        } finally {
            setBusy(false);
        }
    };
    const approve = () =>
        decide(
            'approve',
            a.rekey && money ? { digest: a.digest, amount: money.text } : { digest: a.digest },
            'approve.done',
        );
    const close = () => (looked.value = 0);
    const print = async () => {
        close();
        try {
            showSlip(await outcome(id));
        } catch (e) {
            toastProblem(e);
        }
    };
    const actions =
        a &&
        html`
          <button type="button" class="btn" onClick=${close}>
            ${t('dialog.close')} <span class="kbd" aria-hidden="true">Esc</span>
          </button>
          ${a.mine && a.state === 'open' && html`
            <button
                type="button" class="btn" disabled=${busy}
                onClick=${() => decide('withdraw', {}, 'approve.state.withdrawn')}>
              ${t('approve.withdraw')}
            </button>
          `}
          ${a.mine && a.state === 'approved' && d.answer && d.answer.slip && html`
            <button type="button" class="btn btn-primary" onClick=${print}>
              ${t('approve.booked')}
            </button>
          `}
          ${d.may && !no && html`
            <button type="button" class="btn btn-danger" onClick=${() => setNo(true)}>
              ${t('approve.no')}
            </button>
            <button
                type="button" class="btn btn-primary" disabled=${busy || !fits} onClick=${approve}>
              ${t('approve.yes')}
              ${a.rekey && html` <span class="kbd" aria-hidden="true">Enter</span>`}
            </button>
          `}
          ${d.may && no && html`
            <button
                type="button" class="btn btn-danger-solid" disabled=${busy || !reason.trim()}
                onClick=${() => decide('reject', { reason: reason.trim() }, 'approve.refused')}>
              ${t('approve.no')}
            </button>
          `}
        `;
    return html`
      <${Dialog}
          open onClose=${close} wide actions=${actions}
          title=${a ? t('approve.kind.' + a.kind) : t('counter.tab.approve')}>
        ${
          !a
              ? html`<${Loading} />`
              : html`
                  <div class="confirm-amount">
                    <span>${pick(a, 'summary')} <${ApprovalState} a=${a} /></span>
                    ${a.amount && html`
                      ${
                        d.may && a.rekey && !fits
                            ? null
                            : html`<strong class="num">¥ ${amount(a.amount)}</strong>`
                      }
                      ${
                        d.may && a.rekey && !fits
                            ? null
                            : html`<span lang="zh-CN">${capitals(fenOf(a.amount))}</span>`
                      }
                    `}
                  </div>
                  ${problem && html`
                    <p class="banner banner-danger" role="alert">${problem.line}</p>
                  `}
                  <dl class="counter-facts">
                    <dt>${t('approve.maker')}</dt>
                    <dd lang="zh-CN">${a.maker} · ${dateTime(a.asked_ms)}</dd>
                    ${a.checker && html`
                      <dt>${t('approve.checker')}</dt>
                      <dd lang="zh-CN">${a.checker} · ${dateTime(a.decided_ms)}</dd>
                    `}
                    ${a.state === 'open' && html`
                      <dt>${t('approve.expires')}</dt>
                      <dd class="num">${dateTime(a.expires_ms)}</dd>
                    `}
                    ${a.reason && html`<dt>${t('counter.step.reason')}</dt><dd>${a.reason}</dd>`}
                  </dl>
                  ${d.may && a.rekey && !no && html`
                    <form
                        id="approve-form"
                        onSubmit=${(/** @type {any} */ e) => {
                            e.preventDefault();
                            if (fits && !busy) approve();
                        }}>
                      <${AmountField}
                          label=${t('approve.rekey')} value=${typed} onInput=${setTyped} autofocus
                          error=${typed && !fits ? t('approve.rekey.differs') : undefined}
                          hint=${t('approve.rekey.hint')} words=${false} />
                    </form>
                  `}
                  ${!(d.may && a.rekey && !fits) && html`
                    <${Bytes} body=${d.body} />
                    <details class="counter-details">
                      <summary>${t('approve.bytes')}</summary>
                      <p class="small mono">${a.what}</p>
                      <pre class="small mono counter-bytes">${d.body}</pre>
                      <p class="tiny muted mono counter-bytes">
                        ${t('approve.digest')} ${a.digest}
                      </p>
                    </details>
                  `}
                  ${!d.may && a.state === 'open' && !a.mine && html`
                    <p class="muted">${pick(d, 'why_not')}</p>
                  `}
                  ${d.may && no && html`
                    <${Reason}
                        value=${reason} onInput=${setReason} required
                        usual=${[
                            'approve.reason.sign',
                            'approve.reason.paper',
                            'approve.reason.amount',
                        ]} />
                  `}
                `
        }
      <//>
    `;
}

const WHICH = ['me', 'mine', 'all'];
/** All of them, as a table. */
export function ApproveTab() {
    const [which, setWhich] = useState('me');
    const [list, setList] = useState(/** @type {any[]|null} */ (null));
    const d = desk.live && desk.live.data.value;
    const beat = d ? d.seq + ':' + d.for_me.length : '';
    useEffect(() => {
        let gone = false;
        const o = outletId();
        get(`/api/approvals?which=${which}` + (o ? `&outlet=${o}` : '')).then(
            (x) => !gone && setList(x.items),
            toastProblem,
        );
        return () => {
            gone = true;
        };
    }, [which, beat, stirred.value]);
    return html`
      <div class="stack">
        <div class="seg seg-fit" role="group" aria-label=${t('counter.tab.approve')}>
          ${WHICH.map(
              (x) => html`
                <button
                    key=${x} type="button" aria-pressed=${String(x === which)}
                    onClick=${() => setWhich(x)}>
                  ${t('approve.list.' + x)}
                </button>
              `,
          )}
        </div>
        ${!list && html`<${Loading} />`}
        ${list && !list.length && html`<p class="empty">${t('approve.none')}</p>`}
        ${list && list.length > 0 && html`
          <${Scroll} label=${t('counter.tab.approve')}>
            <table class="table table-phone">
              <thead>
                <tr>
                  <th scope="col">${t('approve.asked')}</th>
                  <th scope="col">${t('approve.what')}</th>
                  <th scope="col" class="r">${t('approve.amount')}</th>
                  <th scope="col">${t('approve.maker')}</th>
                  <th scope="col">${t('approve.checker')}</th>
                  <th scope="col">${t('approve.state')}</th>
                </tr>
              </thead>
              <tbody>
                ${list.map(
                    (a) => html`
                      <tr key=${a.id}>
                        <td class="num nowrap">${dateTime(a.asked_ms)}</td>
                        <td>
                          <button
                              type="button" class="btn-link" onClick=${() => (looked.value = a.id)}>
                            ${pick(a, 'summary')}
                          </button>
                        </td>
                        <td class="r num">${shownAmount(a)}</td>
                        <td lang="zh-CN">${a.maker}</td>
                        <td lang="zh-CN">${a.checker || ''}</td>
                        <td><${ApprovalState} a=${a} /></td>
                      </tr>
                    `,
                )}
              </tbody>
            </table>
          <//>
        `}
      </div>
    `;
}

/* ---- limits ---- */

const KINDS = ['cash_in', 'cash_out', 'transfer', 'correction', 'account', 'vault', 'setting'];
const shown = (/** @type {string} */ v) =>
    v === 'any' || v === 'never' ? t('limits.' + v) : amount(v.replace(/\.00$/, ''));
/** What was typed as the server reads it; null: not a limit. @param {string} v */
function limitOf(v) {
    const s = v.trim();
    if (['any', '不限', t('limits.any')].includes(s)) return 'any';
    if (['never', '不可', t('limits.never')].includes(s)) return 'never';
    if (/^0+(\.0*)?$/.test(s)) return '0.00';
    const a = typedAmount(s);
    return a ? a.text : null;
}

export function LimitsTab() {
    const [v, set] = useState(/** @type {Record<string, string>} */ ({}));
    const [busy, setBusy] = useState(false);
    const l = limits.value,
        cash = cashSettings.value;
    const may = session.value && ['office', 'admin'].includes(session.value.role || '');
    if (!l || !cash) return html`<${Loading} />`;
    const value = (/** @type {string} */ k, /** @type {string} */ old) => (k in v ? v[k] : old);
    const typed = (/** @type {string} */ k) => (/** @type {any} */ e) =>
        set({ ...v, [k]: e.target.value });
    const bad = (/** @type {string} */ k) => k in v && limitOf(v[k]) === null && k !== 'life';
    const wrong = Object.keys(v).some(bad);
    const save = async () => {
        const items = l.items
            .filter((/** @type {any} */ x) =>
                ['alone', 'check'].some((w) => `${x.kind}:${x.grade}:${w}` in v),
            )
            .map((/** @type {any} */ x) => ({
                kind: x.kind,
                grade: x.grade,
                alone: limitOf(value(`${x.kind}:${x.grade}:alone`, x.alone)),
                check: limitOf(value(`${x.kind}:${x.grade}:check`, x.check)),
            }));
        const body = /** @type {any} */ ({});
        if (items.length) body.items = items;
        if ('rekey' in v) body.rekey = limitOf(v.rekey);
        if ('life' in v) body.life_s = Math.round(Number(v.life) * 60);
        const money = /** @type {any} */ ({});
        for (const k of ['large', 'tolerance', 'drawer']) if (k in v) money[k] = limitOf(v[k]);
        setBusy(true);
        try {
            if (Object.keys(body).length) await put('/api/approve-limits', body);
            if (Object.keys(money).length) await put('/api/cash/settings', money);
            toast(t('limits.asked'), 'ok', 6000);
            set({});
            stir();
        } catch (e) {
            toastProblem(e);
        } finally {
            setBusy(false);
        }
    };
    /** @param {string} k @param {string} old @param {string} label */
    const cell = (k, old, label) =>
        may
            ? html`
                <input
                    class="input num limits-cell" aria-label=${label}
                    value=${k in v ? v[k] : shown(old)} onInput=${typed(k)} maxlength="20"
                    aria-invalid=${bad(k) ? 'true' : undefined} />
              `
            : html`<span class="num">${shown(old)}</span>`;
    return html`
      <form
          class="stack"
          onSubmit=${(/** @type {any} */ e) => {
              e.preventDefault();
              if (may && !wrong && Object.keys(v).length) save();
          }}>
        <h2>${t('limits.title')}</h2>
        <p class="muted">${t('limits.hint')}</p>
        <p>
          ${t('limits.mine', {
              grade: t('limits.grade.' + (l.grade || 'none')),
          })}
        </p>
        <${Scroll} label=${t('limits.title')}>
          <table class="table table-phone limits">
            <thead>
              <tr>
                <th scope="col">${t('approve.what')}</th>
                ${[1, 2, 3, 4].map(
                    (g) => html`<th key=${g} scope="col">${t('limits.grade.' + g)}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${KINDS.map(
                  (k) => html`
                    <tr key=${k}>
                      <th scope="row">${t('approve.kind.' + k)}</th>
                      ${[1, 2, 3, 4].map((g) => {
                          const x = l.items.find(
                              (/** @type {any} */ y) => y.kind === k && y.grade === g,
                          );
                          const what = t('approve.kind.' + k) + ' ' + t('limits.grade.' + g) + ' ';
                          return html`
                            <td key=${g}>
                              ${['alone', 'check'].map(
                                  (w) => html`
                                    <span key=${w} class="limits-pair">
                                      <span class="tiny muted">${t('limits.' + w)}</span>
                                      ${cell(`${k}:${g}:${w}`, x[w], what + t('limits.' + w))}
                                    </span>
                                  `,
                              )}
                            </td>
                          `;
                      })}
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        <//>
        ${
          may
              ? html`
                  <div class="counter-settings">
                    ${[
                        ['rekey', l.rekey],
                        ['large', cash.large],
                        ['tolerance', cash.tolerance],
                        ['drawer', cash.drawer],
                    ].map(
                        ([k, old]) => html`
                          <${Field}
                              key=${k} label=${t('limits.' + k)} value=${value(k, shown(old))}
                              onInput=${(/** @type {string} */ x) => set({ ...v, [k]: x })}
                              maxlength="20" error=${bad(k) ? t('counter.amount.bad') : undefined} />
                        `,
                    )}
                    <${Field}
                        label=${t('limits.life')} value=${value('life', String(l.life_s / 60))}
                        onInput=${(/** @type {string} */ x) => set({ ...v, life: x })}
                        inputmode="numeric" />
                  </div>
                `
              : html`
                  <dl class="counter-facts">
                    ${[
                        ['rekey', amount(l.rekey)],
                        ['large', amount(cash.large)],
                        ['tolerance', amount(cash.tolerance)],
                        ['drawer', amount(cash.drawer)],
                        ['life', String(l.life_s / 60)],
                    ].map(
                        ([k, x]) => html`
                          <dt key=${k}>${t('limits.' + k)}</dt>
                          <dd class="num">${x}</dd>
                        `,
                    )}
                  </dl>
                `
        }
        ${may && html`
          <p class="muted">${t('limits.second')}</p>
          <div class="row">
            <button
                type="submit" class="btn btn-primary"
                disabled=${busy || wrong || !Object.keys(v).length}>
              ${t('limits.save')}
            </button>
          </div>
        `}
      </form>
    `;
}
