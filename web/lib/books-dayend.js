// books-dayend.js -- The day end: begun by who may, watched while it runs, and what became of each step of
// each date before. A step is done once, whoever asks and how often.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, post } from './api.js';
import { Field, Select, toast, toastProblem } from './ui.js';
import { ActDialog, Reason } from './staff.js';
import { amount } from './amount.js';
import { count, stamp } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';
import { Scroll } from './table.js';
import { Waiting, mayChange, useChange } from './books-change.js';

const MARK = /** @type {Record<string, string>} */ ({ done: '✓', running: '…', waiting: '' });

/** So many dates are shown before somebody asks for all. */
const FIRST = 14;

/** How long something took. @param {number|null} ms */
function took(ms) {
    if (ms === null || ms === undefined) return '';
    if (ms < 1) return t('dayend.at_once');
    if (ms < 1000) return t('dayend.ms', { n: ms });
    if (ms < 100000) return t('dayend.s', { n: (ms / 1000).toFixed(1) });
    return t('dayend.min', { n: Math.round(ms / 60000) });
}
/** @param {any} d */
const whole = (d) => (d.ended_ms ? d.ended_ms - d.begun_ms : null);
/** @param {any} d */
const things = (d) =>
    d.steps.reduce((/** @type {number} */ n, /** @type {any} */ s) => n + s.done, 0);

/** @param {{d: any}} p */
function Outcome({ d }) {
    const bad = d.closed && !d.proven;
    return html`
      <span class=${'badge ' + (!d.closed ? 'badge-info' : bad ? 'badge-danger' : 'badge-ok')}>
        ${
          !d.closed
              ? t('dayend.running')
              : bad
                ? '✗ ' + t('dayend.unproven')
                : '✓ ' + t('dayend.ok')
        }
      </span>
    `;
}

/** The steps of a date. @param {{d: any}} p */
function Steps({ d }) {
    return html`
      <${Scroll} label=${t('dayend.steps', { date: d.day })}>
        <table class="table table-tight table-phone dayend-steps">
          <thead>
            <tr>
              <th><span class="sr-only">${t('prod.state')}</span></th>
              <th>${t('dayend.step')}</th>
              <th class="r">${t('dayend.done')}</th>
              <th class="r">${t('dayend.chunks')}</th>
              <th class="r">${t('dayend.took')}</th>
              <th>${t('dayend.over')}</th>
            </tr>
          </thead>
          <tbody>
            ${d.steps.map(
                (/** @type {any} */ s) => html`
                  <tr key=${s.step} class=${'dayend-' + s.state}>
                    <td class="center lead">
                      <span aria-hidden="true">${MARK[s.state]}</span>
                      <span class="sr-only">${t('dayend.state.' + s.state)}</span>
                    </td>
                    <th scope="row" class="lead">
                      ${t('dayend.step.' + s.step)}
                      <span class="small muted"> ${t('dayend.what.' + s.step)}</span>
                    </th>
                    <td class="r">${s.step === 'prove' ? '' : count(s.done)}</td>
                    <td class="r">${s.step === 'prove' ? '' : count(s.chunks)}</td>
                    <td class="r nowrap">${took(s.took_ms)}</td>
                    <td class="num nowrap">
                      ${
                        s.state === 'running'
                            ? t('dayend.state.running')
                            : stamp(s.ended_ms).slice(11)
                      }
                    </td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
      ${d.closed && !d.proven && html`<p class="banner banner-danger">${d.proof}</p>`}
    `;
}

/** While it runs: which step, and how far. @param {{d: any}} p */
function Progress({ d }) {
    const n = d.steps.filter((/** @type {any} */ s) => s.state === 'done').length;
    const at = d.steps.find((/** @type {any} */ s) => s.state === 'running');
    return html`
      <div class="stack-s">
        <div
            class="progress" role="progressbar" aria-label=${t('dayend.running')} aria-valuemin="0"
            aria-valuemax=${d.steps.length} aria-valuenow=${n}>
          <i style=${{ '--part': String(n / d.steps.length) }}></i>
        </div>
        <p class="small" aria-live="polite">
          ${
            at
                ? t('dayend.at', {
                      date: d.day,
                      step: t('dayend.step.' + at.step),
                      n: n + 1,
                      of: d.steps.length,
                  })
                : ''
          }
          ${at && at.done > 0 && html` · ${t('dayend.sofar', { n: count(at.done) })}`}
        </p>
      </div>
    `;
}

/** Drawers that are not closed: the day end waits for them, or for who answers for it. @param {{d: any}} p */
function Drawers({ d }) {
    if (!d.drawers_open.length) return null;
    return html`
      <div class="banner banner-warn">
        <div class="stack-s">
          <p>
            <strong>${t('dayend.drawers', { n: d.drawers_open.length })}</strong>
            ${t('colon')}
            ${
              d.drawers_passed
                  ? t('dayend.drawers.passed', { why: d.drawers_passed })
                  : t(d.drawers_demanded ? 'dayend.drawers.wait' : 'dayend.drawers.free')
            }
          </p>
          <p class="row-s">
            ${d.drawers_open
                .slice(0, 12)
                .map(
                    (/** @type {any} */ x) =>
                        html`
                          <span key=${x.id} class="badge num">
                            ${t('dayend.drawer', { n: x.number })}
                          </span>
                        `,
                )}
            <a class="btn btn-small" href="/counter.html?tab=drawer">${t('dayend.drawers.see')}</a>
          </p>
        </div>
      </div>
    `;
}

/** Asks once more, and for a reason where drawers are open. @param {{d: any, onClose: () => void, onStarted: () => void}} p */
function StartDialog({ d, onClose, onStarted }) {
    const [reason, setReason] = useState('');
    const [busy, setBusy] = useState(false);
    const must = d.drawers_open.length > 0 && d.drawers_demanded && !d.drawers_passed;
    const go = async () => {
        setBusy(true);
        try {
            await post('/api/dayend', must ? { drawers_open: reason.trim() } : {});
            onStarted();
        } catch (e) {
            toastProblem(e);
        }
        setBusy(false);
    };
    return html`
      <${ActDialog}
          open onClose=${onClose} busy=${busy} onGo=${go} go=${t('dayend.start')}
          title=${t('dayend.ask', { date: d.business_date })} ready=${!must || !!reason.trim()}>
        <p>${t('dayend.ask.text')}</p>
        ${must && html`
          <p class="banner banner-warn">${t('dayend.drawers', { n: d.drawers_open.length })}</p>
          <${Reason} value=${reason} onInput=${setReason} required />
        `}
      <//>
    `;
}

/* ---- settings ---- */

/** @param {{first: any, onClose: () => void, onDone: () => void}} q */
function SettingsForm({ first, onClose, onDone }) {
    const [v, setV] = useState(/** @type {any} */ ({ ...first }));
    const { busy, error, change } = useChange(onDone);
    const set = (/** @type {string} */ k) => (/** @type {any} */ x) => setV({ ...v, [k]: x });
    const number = (/** @type {any} */ x) => (/^\d+$/.test(String(x)) ? Number(x) : -1);
    const go = () =>
        change('PUT', '/api/deposit-settings', {
            cut_off: v.cut_off,
            accrual: v.accrual,
            dormant_days: number(v.dormant_days),
            dormant_below: String(v.dormant_below).trim(),
            order_tries: number(v.order_tries),
            prefix: v.prefix.trim(),
        });
    return html`
      <${ActDialog}
          open onClose=${onClose} wide busy=${busy} onGo=${go} go=${t('prod.rate.ask')}
          title=${t('dayend.settings')}>
        <div class="prod-fields">
          <${Field}
              label=${t('dayend.cut_off')} type="time" value=${v.cut_off} onInput=${set('cut_off')}
              error=${error('cut_off')} />
          <${Select}
              label=${t('dayend.accrual')} value=${v.accrual} onInput=${set('accrual')}
              options=${['monthly', 'daily'].map((x) => ({
                  value: x,
                  text: t('dayend.accrual.' + x),
              }))} />
          <${Field}
              label=${t('dayend.order_tries')} value=${String(v.order_tries)}
              onInput=${set('order_tries')} inputmode="numeric" error=${error('order_tries')} />
          <${Field}
              label=${t('dayend.dormant_days')} value=${String(v.dormant_days)}
              onInput=${set('dormant_days')} inputmode="numeric" error=${error('dormant_days')} />
          <${Field}
              label=${t('dayend.dormant_below')} value=${v.dormant_below}
              onInput=${set('dormant_below')} inputmode="decimal" error=${error('dormant_below')} />
          <${Field}
              label=${t('dayend.prefix')} value=${v.prefix} onInput=${set('prefix')}
              inputmode="numeric" maxlength=${6} error=${error('prefix')} />
        </div>
        <p class="small muted">${t('prod.two')}</p>
      <//>
    `;
}

/** @param {{of: any, onDone: () => void}} p */
function Settings({ of, onDone }) {
    const [open, setOpen] = useState(false);
    const s = of.data;
    if (!s) return null;
    const facts = [
        ['dayend.cut_off', s.cut_off],
        ['dayend.accrual', t('dayend.accrual.' + s.accrual)],
        ['dayend.order_tries', t('prod.days', { n: s.order_tries })],
        ['dayend.dormant_days', t('prod.days', { n: s.dormant_days })],
        ['dayend.dormant_below', amount(s.dormant_below)],
        ['dayend.prefix', s.prefix],
    ];
    return html`
      <section class="card stack-s" aria-labelledby="settings-title">
        <div class="row row-between">
          <h2 id="settings-title">${t('dayend.settings')}</h2>
          ${mayChange() && html`
            <button type="button" class="btn btn-small" onClick=${() => setOpen(true)}>
              ${t('prod.edit')}
            </button>
          `}
        </div>
        <dl class="acct-facts">
          ${facts.map(
              ([k, x]) => html`
                <div key=${k}><dt>${t(k)}</dt><dd class="num">${x}</dd></div>
              `,
          )}
        </dl>
        ${open && html`
          <${SettingsForm}
              first=${s} onClose=${() => setOpen(false)}
              onDone=${() => {
                  setOpen(false);
                  onDone();
              }} />
        `}
      </section>
    `;
}

/* ---- the view ---- */

/** @param {{items: any[], day: string, onDay: (d: string) => void}} p */
function History({ items, day, onDay }) {
    const [all, setAll] = useState(false);
    const settled = (/** @type {any} */ d) => d.done.settle + d.done.mature;
    return html`
      <section class="stack" aria-labelledby="history-title">
        <h2 id="history-title">${t('dayend.history')}</h2>
        <${Scroll} label=${t('dayend.history')}>
          <table class="table table-tight table-phone table-phone-two">
            <thead>
              <tr>
                <th>${t('books.date')}</th>
                <th>${t('dayend.begun')}</th>
                <th class="r">${t('dayend.took')}</th>
                <th class="r">${t('dayend.step.standing')}</th>
                <th class="r">${t('dayend.step.fees')}</th>
                <th class="r">${t('dayend.interest')}</th>
                <th class="r">${t('dayend.things')}</th>
                <th>${t('prod.state')}</th>
              </tr>
            </thead>
            <tbody>
              ${(all ? items : items.slice(0, FIRST)).map(
                  (d) => html`
                    <tr key=${d.day} class=${d.day === day ? 'dayend-here' : ''}>
                      <th scope="row" class="num">
                        <button
                            type="button" class="link" aria-pressed=${String(d.day === day)}
                            onClick=${() => onDay(d.day)}>
                          ${d.day}
                        </button>
                      </th>
                      <td class="num nowrap">${stamp(d.begun_ms)}</td>
                      <td class="r nowrap">${took(whole(d))}</td>
                      <td class="r">${count(d.done.standing)}</td>
                      <td class="r">${count(d.done.fees)}</td>
                      <td class="r">${count(settled(d))}</td>
                      <td class="r">${count(things(d))}</td>
                      <td><${Outcome} d=${d} /></td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        <//>
        ${!all && items.length > FIRST && html`
          <p>
            <button type="button" class="btn btn-small" onClick=${() => setAll(true)}>
              ${t('dayend.all', { n: items.length })}
            </button>
          </p>
        `}
      </section>
    `;
}

/** @param {{onDay: () => void}} p onDay: the business date is another */
export function DayEnd({ onDay }) {
    const l = useLoad('/api/dayend', 15000);
    const [quick, setQuick] = useState(/** @type {any} */ (null));
    const settings = useLoad('/api/deposit-settings');
    const waiting = useLoad('/api/approvals?which=all', 10000);
    const [day, setDay] = useState('');
    const [starting, setStarting] = useState(false);
    const now = quick || l.data;
    const at_work = !!now && (now.running || now.asked);
    /* while it runs: every second, the newest alone */
    useEffect(() => {
        if (!at_work) return undefined;
        const timer = setInterval(async () => {
            try {
                const d = await get('/api/dayend?days=1');
                if (d.running || d.asked) {
                    setQuick(d);
                } else {
                    setQuick(null);
                    l.again();
                    onDay();
                    if (d.items.length && d.items[0].closed)
                        toast(t('dayend.closed', { date: d.items[0].day }), 'ok', 6000);
                }
            } catch {
                /* asked again in a second */
            }
        }, 1000);
        return () => clearInterval(timer);
    }, [at_work]);
    const wait = state(l);
    if (wait) return wait;
    const running = now.running ? now.items[0] : null;
    const items = l.data.items;
    const shown =
        (running && (!day || day === running.day) && running) ||
        items.find((/** @type {any} */ d) => d.day === day) ||
        items[0];
    return html`
      <div class="stack-l">
        <${Waiting} of=${waiting} />
        <section class="card stack" aria-labelledby="dayend-title">
          <div class="row row-between">
            <div>
              <h2 id="dayend-title">${t('dayend.date', { date: now.business_date })}</h2>
              <p class="small muted num">
                ${t('dayend.when', { civil: now.civil_date, at: now.cut_off })}
              </p>
            </div>
            ${mayChange() && html`
              <button
                  type="button" class="btn btn-primary" disabled=${at_work || !!now.blocked}
                  onClick=${() => setStarting(true)}>
                ${t('dayend.start')}
              </button>
            `}
          </div>
          ${!running && !now.asked && now.blocked && html`
            <p class="banner banner-warn" role="status">
              <strong>${t('dayend.blocked')}</strong> <span>${pick(now.blocked, 'why')}</span>
            </p>
          `}
          ${!running && html`<${Drawers} d=${now} />`}
          ${now.asked && !running && html`<p class="banner" role="status">${t('dayend.asked')}</p>`}
          ${running && html`<${Progress} d=${running} />`}
        </section>
        ${
          shown
              ? html`
                  <section class="stack" aria-labelledby="steps-title">
                    <div class="row row-between">
                      <h2 id="steps-title">${t('dayend.steps', { date: shown.day })}</h2>
                      <${Outcome} d=${shown} />
                    </div>
                    <${Steps} d=${shown} />
                  </section>
                  <${History} items=${items} day=${shown.day} onDay=${setDay} />
                `
              : html`<p class="empty">${t('dayend.none')}</p>`
        }
        ${starting && html`
          <${StartDialog}
              d=${now} onClose=${() => setStarting(false)}
              onStarted=${() => {
                  setStarting(false);
                  setQuick({ ...now, asked: true });
                  setDay('');
              }} />
        `}
        <${Settings}
            of=${settings}
            onDone=${() => {
                settings.again();
                waiting.again();
            }} />
      </div>
    `;
}
