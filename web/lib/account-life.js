// account-life.js -- The life line of an account: its balance over time, and what was done to it.
import { html, useMemo } from './vendor.js';
import uPlot from '/lib/vendor/uplot.js';
import { t, has } from './texts.js';
import { stamp } from './format.js';
import { amount } from './amount.js';
import { Chart, INK, axis, useLoad } from './office-base.js';
import { state } from './office-views.js';

/** @param {any} body */
function what(body) {
    const words = [];
    if (body.freeze === 1) words.push(t('acct.freeze.out'));
    if (body.freeze === 2) words.push(t('acct.freeze.all'));
    if (body.stopped) words.push(t('acct.stopped'));
    if (body.state === 2) words.push(t('acct.state.dormant'));
    if (body.state === 3) words.push(t('acct.state.closed'));
    return words.join(' · ');
}

/** @param {{path: string, currency: string}} p */
export function LifeLine({ path, currency }) {
    const l = useLoad(path + '/life');
    const points = l.data ? l.data.points : [];
    const data = useMemo(
        () => [
            points.map((/** @type {any} */ p) => p[0] / 1000),
            points.map((/** @type {any} */ p) => Number(p[1])),
        ],
        [points],
    );
    const wait = state(l);
    const values = /** @type {number[]} */ (data[1]);
    const options = (/** @type {any} */ size) => ({
        ...size,
        legend: { show: true },
        hooks: {
            /* with no pointer over it: the newest */
            ready: [(/** @type {any} */ u) => u.setLegend({ idx: values.length - 1 })],
        },
        tzDate: (/** @type {number} */ s) => uPlot.tzDate(new Date(s * 1000), 'Asia/Shanghai'),
        scales: { x: { time: true } },
        axes: [
            axis({
                values: (/** @type {any} */ u, /** @type {number[]} */ v) =>
                    v.map((x) => new Date(x * 1000 + 8 * 3600000).toISOString().slice(0, 10)),
                space: 90,
            }),
            axis({
                size: 84,
                values: (/** @type {any} */ u, /** @type {number[]} */ v) =>
                    v.map((x) => x.toLocaleString('en')),
            }),
        ],
        series: [
            {
                label: t('books.at'),
                value: (/** @type {any} */ u, /** @type {number} */ v) =>
                    v ? stamp(v * 1000) : '—',
            },
            {
                label: t('books.balance') + ' ' + currency,
                stroke: INK.green,
                width: 1.5,
                fill: INK.soft,
                paths: uPlot.paths.stepped && uPlot.paths.stepped({ align: 1 }),
                points: { show: values.length < 60, size: 5 },
                value: (/** @type {any} */ u, /** @type {any} */ v) =>
                    v == null ? '—' : amount(v.toFixed(2)),
            },
        ],
    });
    return html`
      <section class="card stack" aria-labelledby="life-title">
        <div class="row row-between">
          <h2 id="life-title">${t('acct.life')}</h2>
          ${l.data && l.data.sampled && html`
            <span class="small muted">${t('acct.life.sampled', { n: l.data.entries })}</span>
          `}
        </div>
        ${wait}
        ${l.data && values.length === 0 && html`<p class="empty">${t('acct.life.none')}</p>`}
        ${l.data && values.length > 0 && html`
          <${Chart}
              options=${options} data=${data} height=${260}
              label=${t('acct.life.label', {
                  low: amount(Math.min(...values).toFixed(2)),
                  high: amount(Math.max(...values).toFixed(2)),
              })} />
        `}
        ${l.data && html`
          <h3>${t('acct.states')}</h3>
          <ol class="acct-states">
            ${l.data.states.map(
                (/** @type {any} */ x) => html`
                  <li key=${x.seq}>
                    <time class="num small">${stamp(x.at_ms)}</time>
                    <span>
                      <strong>
                        ${has('acct.state.' + x.topic) ? t('acct.state.' + x.topic) : x.topic}
                      </strong>
                      ${what(x.body) && html`<span class="small muted"> ${what(x.body)}</span>`}
                    </span>
                  </li>
                `,
            )}
          </ol>
        `}
      </section>
    `;
}
