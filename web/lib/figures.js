// figures.js -- Small drawings for shares and counts. Each says in words what it shows, so nothing is
// told by colour or length alone.
import { html } from './vendor.js';
import { t, pick } from './texts.js';
import { count, percent } from './format.js';

/** A goal in ppm as 95 %. @param {number} ppm */
export const goalText = (ppm) => (ppm / 10000).toFixed(ppm % 10000 ? 1 : 0) + ' %';

/** @param {{verdict: string, sure?: boolean}} p */
export function Verdict({ verdict, sure = true }) {
    const kind = verdict === 'met' ? 'badge-ok' : verdict === 'not_met' ? 'badge-danger' : '';
    return html`
      <span class=${'badge ' + kind}>
        ${verdict === 'met' ? '✓ ' : verdict === 'not_met' ? '✕ ' : ''}
        ${t('verdict.' + (verdict || 'none'))}
        ${
          !sure && verdict !== 'none'
              ? html` <span class="unsure">${t('verdict.unsure')}</span>`
              : null
        }
      </span>
    `;
}

/**
 * A share with its 95 % interval against a goal, on a scale from min to 1.
 * @param {{value: number|null, low: number|null, high: number|null, goal?: number, min?: number, met?: boolean}} p
 */
export function IntervalBar({ value, low, high, goal, min = 0.6, met }) {
    const at = (/** @type {number} */ v) =>
        Math.max(0, Math.min(100, ((v - min) / (1 - min)) * 100));
    if (value === null || value === undefined || Number.isNaN(value))
        return html`
          <svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
            <rect class="iv-track" x="0" y="4" width="100" height="4" />
          </svg>
        `;
    const l = at(low ?? value),
        h = at(high ?? value);
    return html`
      <svg
          class=${'interval ' + (met === false ? 'iv-bad' : '')} viewBox="0 0 100 12"
          preserveAspectRatio="none" aria-hidden="true">
        <rect class="iv-track" x="0" y="4" width="100" height="4" />
        <rect class="iv-range" x=${l} y="2" width=${Math.max(1.5, h - l)} height="8" />
        <rect class="iv-value" x=${Math.max(0, at(value) - 0.5)} y="0.5" width="1" height="11" />
        ${goal !== undefined && html`
          <rect class="iv-goal" x=${at(goal) - 0.25} y="0" width="0.5" height="12" />
        `}
      </svg>
    `;
}
/** Where the scale begins so that the share is seen on it. @param {{value: number|null}} s */
export const scaleFrom = (s) => (s.value !== null && s.value < 0.65 ? 0 : 0.6);
/** "97.2 % (93.1–98.9)" @param {{value: number|null, low?: number|null, high?: number|null}} s */
export const shareText = (s) =>
    s.value === null || s.value === undefined
        ? '—'
        : s.low === null || s.low === undefined || s.high === null || s.high === undefined
          ? percent(s.value)
          : `${percent(s.value)} (${(s.low * 100).toFixed(1)}–${(s.high * 100).toFixed(1)})`;

/** One promise as a meter. @param {{p: any}} q */
export function PromiseMeter({ p }) {
    const goal = p.goal_ppm ? p.goal_ppm / 1e6 : undefined;
    return html`
      <div class="meter">
        <div class="row row-between meter-head">
          <strong>${pick(p)}</strong>
          <${Verdict} verdict=${p.verdict} sure=${p.sure !== false} />
        </div>
        <${IntervalBar} ...${p} goal=${goal} min=${scaleFrom(p)} met=${p.verdict !== 'not_met'} />
        <div class="row row-between small">
          <span class="num">${shareText(p)}</span>
          <span class="muted">
            ${t('fig.kept.of', { kept: count(p.kept), of: count(p.of) })}
            ${
              goal !== undefined
                  ? ' · ' +
                    t('fig.goal', {
                        goal: goalText(p.goal_ppm),
                        min: Math.round((p.target_s || 0) / 60),
                    })
                  : ''
            }
          </span>
        </div>
      </div>
    `;
}

/** Waits in buckets as columns. @param {{buckets: {up_to_min: number|null, count: number}[]}} p */
export function Buckets({ buckets }) {
    const total = buckets.reduce((n, b) => n + b.count, 0),
        most = Math.max(1, ...buckets.map((b) => b.count));
    const last = buckets.filter((b) => b.up_to_min !== null).pop();
    return html`
      <ol class="buckets" aria-label=${t('fig.buckets')}>
        ${buckets.map((b) => {
            const kind =
                b.up_to_min === null || b.up_to_min > 20
                    ? 'bk-over'
                    : b.up_to_min > 10
                      ? 'bk-near'
                      : '';
            return html`
              <li key=${String(b.up_to_min)} class=${kind}>
                <span class="bk-count num">${count(b.count)}</span>
                <span class="bk-column" aria-hidden="true">
                  <i style=${{ '--part': String(b.count / most) }}></i>
                </span>
                <span class="bk-name">
                  ${b.up_to_min === null ? '>' + (last ? last.up_to_min : 30) : '≤' + b.up_to_min}
                </span>
                <span class="bk-part small muted num">
                  ${total ? ((b.count / total) * 100).toFixed(0) + '%' : ''}
                </span>
              </li>
            `;
        })}
      </ol>
    `;
}
