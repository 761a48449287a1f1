// advice.js -- Live advice on the floor: the chance to keep the promise, the one best thing to do.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get } from './api.js';
import { now } from './live.js';
import { toast } from './ui.js';
import { time, count } from './format.js';
import { ActDialog, Reason } from './staff.js';

const pct = (/** @type {number} */ v) => Math.round(v * 100) + '%';
const people = (/** @type {number} */ v) => count(v, v < 10 ? 1 : 0);

/** What to do, in words. @param {any} e */
export const actionText = (e) =>
    t('adv.do.' + e.kind + (e.person ? '.person' : ''), {
        w: e.window_number,
        n: e.minutes,
        s: pick(e, 'service'),
        p: e.person,
    });

/** Good, doubtful or bad, never by colour alone: the number stands beside it. @param {number} v @param {number} goal */
const tone = (v, goal) => (v >= goal ? 'good' : v >= goal - 0.25 ? 'fair' : 'bad');

/** The chances over the horizons, as bars. @param {{n: any}} p */
function Chances({ n }) {
    return html`
      <ul class="adv-chances" aria-label=${t('adv.chances')}>
        ${n.promise.map(
            (/** @type {any} */ x) => html`
              <li key=${x.minutes}>
                <span class="small muted num">${t('adv.min', { n: x.minutes })}</span>
                <span class="adv-track" aria-hidden="true">
                  <i
                      class=${'adv-fill adv-' + tone(x.kept, n.goal)}
                      style=${{ '--part': String(x.kept) }}></i>
                </span>
                <span class="num small strong">${pct(x.kept)}</span>
              </li>
            `,
        )}
      </ul>
    `;
}

/** Before and after on one scale. @param {{e: any, goal: number}} p */
function Change({ e, goal }) {
    return html`
      <p class="adv-change num">
        <span class=${'adv-' + tone(e.before, goal)}>${pct(e.before)}</span>
        <span aria-hidden="true">→</span>
        <span class="sr-only">${t('adv.change', { before: '', after: '' })}</span>
        <strong class=${'adv-' + tone(e.after, goal)}>${pct(e.after)}</strong>
      </p>
    `;
}

/** @param {{n: any, row: any, may: boolean, busy: boolean, onFollow: () => void, onDecline: () => void}} p */
function Action({ n, row, may, busy, onFollow, onDecline }) {
    const e = n.best;
    return html`
      <div class="adv-action">
        <div class="grow">
          <p class="small muted">${t(n.verdict === 'better' ? 'adv.better' : 'adv.advice')}</p>
          <p class="adv-do">${actionText(e)}</p>
          <p class="small muted">
            ${t('adv.why', {
                late0: people(e.late_before),
                late1: people(e.late_after),
                n: count(e.futures),
                gained: count(e.gained),
                undone: count(e.undone),
            })}
          </p>
        </div>
        <${Change} e=${e} goal=${n.goal} />
        ${may && row && row.state === 'open' && html`
          <div class="adv-buttons">
            <button type="button" class="btn btn-primary" disabled=${busy} onClick=${onFollow}>
              ${t('adv.follow')}
            </button>
            <button type="button" class="btn" disabled=${busy} onClick=${onDecline}>
              ${t('adv.decline')}
            </button>
          </div>
        `}
        ${row && row.state === 'followed' && html`
          <span class="badge badge-ok">${t('adv.followed')}</span>
        `}
      </div>
    `;
}

/** Well, or nothing helps. @param {{n: any}} p */
function Quiet({ n }) {
    const late = n.promise.find((/** @type {any} */ x) => x.minutes === n.horizon_min);
    return html`
      <div class="adv-action">
        <div class="grow">
          <p class="adv-do">${n.verdict === 'well' ? '✓ ' : ''}${t('adv.' + n.verdict)}</p>
          <p class="small muted">
            ${
              n.verdict === 'well'
                  ? t('adv.well.text', { late: people(late ? late.late + late.mid_late : 0) })
                  : n.tried_count
                    ? t('adv.no_help.text', { n: n.tried_count })
                    : t('adv.nothing.text')
            }
            ${
              n.spare
                  ? ' ' +
                    t('adv.spare', {
                        w: n.spare.window_number,
                        n: n.spare.minutes,
                        after: pct(n.spare.after),
                    })
                  : ''
            }
          </p>
        </div>
      </div>
    `;
}

/** How the day compares with what was expected. @param {number} level */
function levelText(level) {
    const off = Math.round((level - 1) * 100);
    return Math.abs(off) < 3
        ? t('adv.level.usual')
        : t(off > 0 ? 'adv.level.more' : 'adv.level.less', { p: Math.abs(off) + '%' });
}

/** @param {{d: any}} p */
function Facts({ d }) {
    const n = d.now;
    return html`
      <p class="small muted adv-facts">
        <span>${t('adv.arrivals', { n: count(n.arrivals_hour) })}</span>
        <span>${levelText(n.level)}</span>
        ${n.lost > 0 && html`<span class="wait-over">${t('adv.lost', { n: n.lost })}</span>`}
        <span>${t('adv.at', { time: time(n.at_ms), n: count(n.futures) })}</span>
      </p>
    `;
}

/** The dialog that asks why. @param {{busy: boolean, onClose: () => void, onGo: (reason: string) => void}} p */
function Decline({ busy, onClose, onGo }) {
    const [reason, setReason] = useState('');
    return html`
      <${ActDialog}
          open=${true} onClose=${onClose} title=${t('adv.decline.title')} go=${t('adv.decline')}
          ready=${!!reason.trim()} busy=${busy} onGo=${() => onGo(reason.trim())}>
        <p class="muted">${t('adv.decline.hint')}</p>
        <${Reason}
            value=${reason} onInput=${setReason} required
            usual=${['adv.usual.nobody', 'adv.usual.lunch', 'adv.usual.soon', 'adv.usual.skill']} />
      <//>
    `;
}

/**
 * The panel. seq: anything that changes when the floor changes.
 * @param {{outlet: number, seq: number, open: boolean, may: boolean, actions: import('./staff.js').Actions}} p
 */
export function AdvicePanel({ outlet, seq, open, may, actions }) {
    const [d, setD] = useState(/** @type {any} */ (null));
    const [asking, setAsking] = useState(0);
    const minute = Math.floor(now.value / 30000);
    const load = () => get(`/api/outlets/${outlet}/advice`).then(setD, () => {});
    useEffect(() => {
        load();
    }, [outlet, seq, minute]);
    if (!d) return null;
    const n = d.now;
    if (!open || !n || !d.fresh)
        return html`
          <section class="card adv adv-idle" aria-labelledby="adv-title">
            <h2 id="adv-title">${t('adv.title')}</h2>
            <p class="muted">
              ${!open ? t('adv.off') : n ? t('adv.stale', { time: time(n.at_ms) }) : t('adv.none')}
            </p>
          </section>
        `;
    const row = d.items.find((/** @type {any} */ x) => x.id === n.advice_id);
    const base = n.promise.find((/** @type {any} */ x) => x.minutes === n.horizon_min);
    const busy = !!actions.busy.value;
    const follow = async () => {
        if (!(await actions.post('follow', `/api/advice/${n.advice_id}/follow`, {}))) return;
        toast(t('adv.followed.toast'));
        load();
    };
    const decline = async (/** @type {string} */ reason) => {
        if (!(await actions.post('decline', `/api/advice/${asking}/decline`, { reason }))) return;
        setAsking(0);
        toast(t('adv.declined.toast'));
        load();
    };
    return html`
      <section class="card adv" aria-labelledby="adv-title">
        <h2 id="adv-title" class="sr-only">${t('adv.title')}</h2>
        <div class="adv-now">
          <p class=${'adv-big num adv-' + tone(base.kept, n.goal)}>${pct(base.kept)}</p>
          <p class="small muted">${t('adv.kept', { n: n.horizon_min })}</p>
        </div>
        <${Chances} n=${n} />
        <div class="adv-what" aria-live="polite">
          ${
            n.best && (!row || row.state === 'open' || row.state === 'followed')
                ? html`
                    <${Action}
                        n=${n} row=${row} may=${may} busy=${busy} onFollow=${follow}
                        onDecline=${() => setAsking(n.advice_id)} />
                  `
                : html`<${Quiet} n=${n.best ? { ...n, verdict: 'no_help' } : n} />`
          }
          <${Facts} d=${d} />
        </div>
        ${asking > 0 && html`
          <${Decline} busy=${busy} onClose=${() => setAsking(0)} onGo=${decline} />
        `}
      </section>
    `;
}
