// office-views.js -- The office's views of figures: the promise, days, flow, outlets, tellers, a day.
import { html, useRef, useState } from './vendor.js';
import uPlot from '/lib/vendor/uplot.js';
import { t, pick } from './texts.js';
import { Loading, NoOutlets, ProblemView } from './ui.js';
import { Scroll } from './table.js';
import { addDays, count, duration, percent, stopwatch } from './format.js';
import { IntervalBar, Verdict, scaleFrom, shareText } from './figures.js';
import {
    Chart,
    INK,
    axis,
    dateShort,
    days,
    halfHour,
    link,
    pollOf,
    query,
    route,
    today,
    useLoad,
    weekday,
} from './office-base.js';

/** What a loading view shows until there is something. @param {{data: any, problem: any, again: () => void}} l */
export const state = (l) =>
    l.problem && !l.data
        ? html`<${ProblemView} problem=${l.problem} onRetry=${l.again} />`
        : !l.data
          ? html`<${Loading} />`
          : null;
/* ---- today against other days ---- */

export function Days() {
    const r = route.value;
    const period = days(r);
    /* one day alone says nothing: it is shown against the four weeks before it */
    const from = period.from === period.until ? addDays(period.until, -27) : period.from;
    const l = useLoad(
        `/api/days?from=${from}&until=${period.until}` + (r.outlet ? '&outlet=' + r.outlet : ''),
        pollOf(r),
    );
    const wait = state(l);
    if (wait) return wait;
    const rows = l.data.items.filter((/** @type {any} */ x) => x.taken > 0);
    if (rows.length === 0) return html`<p class="empty">${t('office.nodata')}</p>`;
    const last = rows[rows.length - 1];
    const same = rows.filter(
        (/** @type {any} */ x) => x !== last && weekday(x.date) === weekday(last.date),
    );
    const mean = (/** @type {any[]} */ list, /** @type {(x: any) => number} */ of) =>
        list.length ? list.reduce((n, x) => n + of(x), 0) / list.length : null;
    const others = rows.slice(0, -1);
    return html`
      <div class="stack">
        <section class="card stack" aria-labelledby="vs-title">
          <h2 id="vs-title">${t('office.vs', { date: dateShort(last.date) })}</h2>
          <${Scroll} label=${t('office.vs', { date: dateShort(last.date) })}>
            <table class="table vs">
              <thead>
                <tr>
                  <td></td>
                  <th class="r">${dateShort(last.date)}</th>
                  <th class="r">
                    ${t('office.vs.same', {
                        day: t('weekday.' + weekday(last.date)),
                        n: same.length,
                    })}
                  </th>
                  <th class="r">${t('office.vs.all', { n: others.length })}</th>
                </tr>
              </thead>
              <tbody>
                ${/** @type {[string, (x: any) => number, (v: number) => string][]} */ ([
                    [
                        'office.taken',
                        (/** @type {any} */ x) => x.taken,
                        (/** @type {number} */ v) => count(v),
                    ],
                    ['office.mean', (/** @type {any} */ x) => x.mean_wait_s, stopwatch],
                    ['office.p95', (/** @type {any} */ x) => x.p95_s, stopwatch],
                    [
                        'office.within20',
                        (/** @type {any} */ x) => x.within_20.value ?? 0,
                        (/** @type {number} */ v) => percent(v),
                    ],
                    [
                        'office.within10',
                        (/** @type {any} */ x) => x.within_10_mid_high.value ?? 0,
                        (/** @type {number} */ v) => percent(v),
                    ],
                    [
                        'office.abandoned',
                        (/** @type {any} */ x) => x.abandoned,
                        (/** @type {number} */ v) => count(v, 1),
                    ],
                ]).map(
                    ([label, of, show]) =>
                        html`
                          <tr key=${label}>
                            <th scope="row">${t(label)}</th>
                            ${[of(last), mean(same, of), mean(others, of)].map(
                                (v, i) =>
                                    html`
                                      <td key=${i} class=${'r ' + (i ? '' : 'strong')}>
                                        ${v === null ? '—' : show(v)}
                                      </td>
                                    `,
                            )}
                          </tr>
                        `,
                )}
              </tbody>
            </table>
          <//>
          ${last.date === today() && html`<p class="small muted">${t('office.vs.unfinished')}</p>`}
        </section>
        <section class="card" aria-labelledby="days-share">
          <div class="card-head">
            <h2 id="days-share">${t('office.days.share')}</h2>
            <span class="small muted">${t('office.days.share.hint')}</span>
          </div>
          <${ShareChart} rows=${rows} />
        </section>
        <section class="card" aria-labelledby="days-flow">
          <div class="card-head">
            <h2 id="days-flow">${t('office.days.flow')}</h2>
            <span class="small muted">${t('office.days.flow.hint')}</span>
          </div>
          <${FlowChart} rows=${rows} />
        </section>
        <${Scroll} label=${t('office.days.table')}>
          <table class="table">
            <thead>
              <tr>
                <th>${t('office.date')}</th>
                <th class="r">${t('office.taken')}</th>
                <th class="r">${t('office.abandoned')}</th>
                <th class="r">${t('office.mean')}</th>
                <th class="r">${t('office.p95')}</th>
                <th>${t('office.within20')}</th>
                <th>${t('office.within10')}</th>
                <th>1020</th>
              </tr>
            </thead>
            <tbody>
              ${[...rows].reverse().map(
                  (/** @type {any} */ x) => html`
                    <tr key=${x.date}>
                      <th scope="row">
                        <a href=${link({ view: 'day', date: x.date })}>${dateShort(x.date)}</a>
                        ${
                          x.day_kind !== 'WN' && x.day_kind !== 'SN'
                              ? html` <span class="small muted">${t('daykind.' + x.day_kind)}</span>
                                `
                              : null
                        }
                      </th>
                      <td class="r">${count(x.taken)}</td>
                      <td class="r">${count(x.abandoned)}</td>
                      <td class="r">${stopwatch(x.mean_wait_s)}</td>
                      <td class="r">${stopwatch(x.p95_s)}</td>
                      <td class="num nowrap">${shareText(x.within_20)}</td>
                      <td class="num nowrap">${shareText(x.within_10_mid_high)}</td>
                      <td><${Verdict} verdict=${x.verdict_1020} /></td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        <//>
      </div>
    `;
}
/** @param {any[]} rows @param {any} more */
const dayAxes = (rows, more) => [
    axis({
        values: (/** @type {any} */ _u, /** @type {number[]} */ at) =>
            at.map((i) => (Number.isInteger(i) && rows[i] ? rows[i].date.slice(5) : '')),
        grid: { show: false },
    }),
    ...more,
];

/** @param {{rows: any[]}} p */
function ShareChart({ rows }) {
    const v = (/** @type {string} */ f, /** @type {string} */ k) =>
        rows.map((x) => (x[f][k] === null || x[f][k] === undefined ? null : x[f][k] * 100));
    const data = [
        rows.map((_, i) => i),
        v('within_20', 'low'),
        v('within_20', 'high'),
        v('within_20', 'value'),
        v('within_10_mid_high', 'value'),
        rows.map(() => 95),
        rows.map(() => 90),
    ];
    const least = Math.min(
        ...data
            .slice(1)
            .flat()
            .filter((x) => x !== null),
    );
    const options = (/** @type {any} */ size) => ({
        ...size,
        legend: { show: true, live: true },
        cursor: { drag: { x: false, y: false } },
        scales: {
            x: { time: false, range: [-0.5, rows.length - 0.5] },
            y: { range: [Math.max(0, Math.floor(least / 5) * 5 - 5), 100] },
        },
        axes: dayAxes(rows, [
            axis({
                values: (/** @type {any} */ _u, /** @type {number[]} */ at) =>
                    at.map((x) => x + '%'),
                size: 56,
            }),
        ]),
        series: [
            {
                label: t('office.date'),
                value: (/** @type {any} */ _u, /** @type {number} */ i) =>
                    rows[i] ? dateShort(rows[i].date) : '—',
            },
            { label: t('office.low'), stroke: 'transparent', points: { show: false }, value: one },
            { label: t('office.high'), stroke: 'transparent', points: { show: false }, value: one },
            {
                label: t('office.within20'),
                stroke: INK.green,
                width: 2.5,
                points: { size: 6, fill: INK.green },
                value: one,
            },
            {
                label: t('office.within10'),
                stroke: '#a94c16',
                width: 2,
                dash: [7, 4],
                points: { size: 6, fill: '#a94c16' },
                value: one,
            },
            {
                label: t('office.goal20'),
                stroke: INK.green,
                width: 1,
                dash: [2, 4],
                points: { show: false },
                value: one,
            },
            {
                label: t('office.goal10'),
                stroke: '#a94c16',
                width: 1,
                dash: [2, 4],
                points: { show: false },
                value: one,
            },
        ],
        bands: [{ series: [2, 1], fill: INK.soft }],
    });
    return html`
      <${Chart}
          options=${options} data=${data} height=${260} label=${t('office.days.share')}
          kind="share-chart" />
    `;
}
export const whole = (/** @type {any} */ _u, /** @type {number|null} */ x) =>
    x === null || x === undefined ? '—' : count(x);
const one = (/** @type {any} */ _u, /** @type {number|null} */ x) =>
    x === null || x === undefined ? '—' : x.toFixed(1) + '%';

/** @param {{rows: any[]}} p */
function FlowChart({ rows }) {
    const data = [
        rows.map((_, i) => i),
        rows.map((x) => x.taken),
        rows.map((x) => x.mean_wait_s / 60),
    ];
    const options = (/** @type {any} */ size) => ({
        ...size,
        cursor: { drag: { x: false, y: false } },
        scales: {
            x: { time: false, range: [-0.6, rows.length - 0.4] },
            y: {
                range: (
                    /** @type {any} */ _u,
                    /** @type {number} */ _a,
                    /** @type {number} */ b,
                ) => [0, b * 1.1 || 1],
            },
            min: {
                range: (
                    /** @type {any} */ _u,
                    /** @type {number} */ _a,
                    /** @type {number} */ b,
                ) => [0, b * 1.25 || 1],
            },
        },
        axes: dayAxes(rows, [
            axis({ size: 56 }),
            axis({ scale: 'min', side: 1, grid: { show: false }, size: 48 }),
        ]),
        series: [
            {
                label: t('office.date'),
                value: (/** @type {any} */ _u, /** @type {number} */ i) =>
                    rows[i] ? dateShort(rows[i].date) : '—',
            },
            {
                label: t('office.taken'),
                fill: INK.pale,
                stroke: INK.green,
                width: 1,
                paths: uPlot.paths.bars && uPlot.paths.bars({ size: [0.7, 48] }),
                points: { show: false },
                value: whole,
            },
            {
                label: t('office.mean.min'),
                scale: 'min',
                stroke: '#a94c16',
                width: 2.5,
                points: { size: 6, fill: '#a94c16' },
                value: (/** @type {any} */ _u, /** @type {number|null} */ x) =>
                    x === null || x === undefined ? '—' : x.toFixed(1),
            },
        ],
    });
    return html`
      <${Chart} options=${options} data=${data} height=${240} label=${t('office.days.flow')} />
    `;
}

/* ---- flow by weekday and half-hour ---- */

export function Flow() {
    const r = route.value;
    const [what, setWhat] = useState('taken_mean');
    const [at, setAt] = useState(/** @type {[number, number]|null} */ (null));
    const table = useRef(/** @type {any} */ (null));
    const period = days(r);
    const from = period.from === period.until ? addDays(period.until, -27) : period.from;
    const l = useLoad(
        `/api/flow?from=${from}&until=${period.until}` + (r.outlet ? '&outlet=' + r.outlet : ''),
    );
    const wait = state(l);
    if (wait) return wait;
    const cells = l.data.cells;
    if (!cells.length) return html`<p class="empty">${t('office.nodata')}</p>`;
    const hours = cells.map((/** @type {any} */ c) => c.half_hour),
        first = Math.min(...hours),
        last = Math.max(...hours);
    const columns = [...Array(last - first + 1).keys()].map((i) => first + i);
    const most = Math.max(...cells.map((/** @type {any} */ c) => c[what]));
    const find = (/** @type {number} */ wd, /** @type {number} */ h) =>
        cells.find((/** @type {any} */ c) => c.weekday === wd && c.half_hour === h);
    const show = (/** @type {any} */ c) =>
        what === 'taken_mean'
            ? c.taken_mean < 10
                ? c.taken_mean.toFixed(1)
                : c.taken_mean.toFixed(0)
            : (c.wait_mean_s / 60).toFixed(c.wait_mean_s < 600 ? 1 : 0);
    const step = (/** @type {any} */ c) =>
        c && most ? Math.min(7, Math.floor((c[what] / most) * 7.999)) : -1;
    const say = (/** @type {number} */ wd, /** @type {number} */ h) => {
        const c = find(wd, h);
        const head = `${t('weekday.' + wd)} ${halfHour(h)}–${halfHour(h + 1)}`;
        if (!c) return `${head}: ${t('office.flow.closed')}`;
        const cell = t('office.flow.cell', {
            taken: c.taken_mean.toFixed(1),
            wait: stopwatch(c.wait_mean_s),
            n: c.days,
        });
        return `${head}: ${cell}`;
    };
    const focus = at || [1, first];
    const key = (/** @type {any} */ e) => {
        const by = /** @type {Record<string, [number, number]>} */ ({
            ArrowLeft: [0, -1],
            ArrowRight: [0, 1],
            ArrowUp: [-1, 0],
            ArrowDown: [1, 0],
        })[e.key];
        if (!by) return;
        e.preventDefault();
        const to = /** @type {[number, number]} */ ([
            Math.min(7, Math.max(1, focus[0] + by[0])),
            Math.min(last, Math.max(first, focus[1] + by[1])),
        ]);
        setAt(to);
        const cell = table.current.querySelector(`[data-at="${to[0]}-${to[1]}"]`);
        if (cell) cell.focus();
    };
    const best = [...cells]
        .filter((/** @type {any} */ c) => c.days > 0)
        .sort((/** @type {any} */ a, /** @type {any} */ b) => b.taken_mean - a.taken_mean)[0];
    return html`
      <section class="card stack" aria-labelledby="flow-title">
        <div class="card-head">
          <h2 id="flow-title">${t('office.flow')}</h2>
          <div class="seg" role="group" aria-label=${t('office.flow.what')}>
            ${['taken_mean', 'wait_mean_s'].map(
                (k) =>
                    html`
                      <button
                          key=${k} type="button" aria-pressed=${String(what === k)}
                          onClick=${() => setWhat(k)}>
                        ${t('office.flow.' + k)}
                      </button>
                    `,
            )}
          </div>
        </div>
        <p class="small muted">
          ${t('office.flow.hint', { from, until: period.until })} ${
            best
                ? t('office.flow.peak', {
                      when: t('weekday.' + best.weekday) + ' ' + halfHour(best.half_hour),
                      n: best.taken_mean.toFixed(1),
                  })
                : ''
          }
        </p>
        <div class="heat-wrap">
          <table
              class="heat" role="grid" aria-labelledby="flow-title" ref=${table} onKeyDown=${key}
              onMouseLeave=${() => setAt(null)}>
            <thead>
              <tr role="row">
                <td></td>
                ${columns.map(
                    (h) =>
                        html`
                          <th key=${h} role="columnheader" scope="col">
                            ${
                              h % 2
                                  ? html`<span class="sr-only">${halfHour(h)}</span>`
                                  : halfHour(h)
                            }
                          </th>
                        `,
                )}
              </tr>
            </thead>
            <tbody>
              ${[1, 2, 3, 4, 5, 6, 7].map(
                  (wd) =>
                      html`
                        <tr key=${wd} role="row">
                          <th role="rowheader" scope="row">${t('weekday.' + wd)}</th>
                          ${columns.map((h) => {
                              const c = find(wd, h);
                              return html`
                                <td
                                    key=${h} role="gridcell" data-at=${wd + '-' + h}
                                    class=${'heat-' + step(c)}
                                    tabindex=${focus[0] === wd && focus[1] === h ? 0 : -1}
                                    title=${say(wd, h)} onMouseEnter=${() => setAt([wd, h])}
                                    onFocus=${() => setAt([wd, h])}>
                                  ${
                                    c
                                        ? show(c)
                                        : html`
                                            <span class="sr-only">${t('office.flow.closed')}</span>
                                          `
                                  }
                                </td>
                              `;
                          })}
                        </tr>
                      `,
              )}
            </tbody>
          </table>
        </div>
        <div class="row row-between">
          <p class="heat-say num" aria-live="off">
            ${at ? say(at[0], at[1]) : t('office.flow.point')}
          </p>
          <div class="heat-legend">
            <span class="small">${t('office.flow.few')}</span>
            ${[0, 1, 2, 3, 4, 5, 6, 7].map((i) => html`<i key=${i} class=${'heat-' + i}></i>`)}
            <span class="small">
              ${
                what === 'taken_mean'
                    ? most.toFixed(0)
                    : t('dur.min', { n: (most / 60).toFixed(0) })
              }
            </span>
          </div>
        </div>
      </section>
    `;
}

/* ---- outlets, tellers ---- */

export function Outlets() {
    const r = route.value;
    const l = useLoad('/api/outlets-compare' + query({ ...r, outlet: 0 }), pollOf(r));
    const wait = state(l);
    if (wait) return wait;
    const rows = l.data.items;
    /* two outlets whose intervals overlap cannot be told apart: a rank is a range */
    const rank = (/** @type {any} */ x) => {
        if (x.within_20.value === null || x.within_20.value === undefined) return '—';
        const all = rows.filter(
            (/** @type {any} */ o) => o.within_20.value !== null && o.within_20.value !== undefined,
        );
        const best =
            1 + all.filter((/** @type {any} */ o) => o.within_20.low > x.within_20.high).length;
        const worst =
            all.length -
            all.filter((/** @type {any} */ o) => o.within_20.high < x.within_20.low).length;
        return best === worst ? String(best) : best + '–' + worst;
    };
    if (!rows.length) return html`<${NoOutlets} />`;
    const min = Math.min(
        0.6,
        ...rows
            .flatMap((/** @type {any} */ x) => [x.within_20, x.within_10_mid_high])
            .map(scaleFrom),
    );
    return html`
      <div class="stack">
        <p class="muted small">${t('office.outlets.hint')}</p>
        <${Scroll} label=${t('office.view.outlets')}>
          <table class="table">
            <thead>
              <tr>
                <th>${t('office.rank')}</th>
                <th>${t('staff.outlet')}</th>
                <th class="r">${t('office.taken')}</th>
                <th class="wide-col">${t('office.within20')}</th>
                <th class="wide-col">${t('office.within10')}</th>
                <th class="r">${t('office.mean')}</th>
                <th class="r">${t('office.abandoned')}</th>
                <th>1020</th>
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                  (/** @type {any} */ x) => html`
                    <tr key=${x.outlet_id}>
                      <td class="num nowrap">${rank(x)}</td>
                      <th scope="row">
                        <a href=${link({ view: 'promise', outlet: x.outlet_id })}>${pick(x)}</a>
                      </th>
                      <td class="r">${count(x.taken)}</td>
                      <td>
                        <${IntervalBar}
                            ...${x.within_20} goal=${0.95} min=${min}
                            met=${x.within_20.value >= 0.95} />
                        <span class="small num nowrap">${shareText(x.within_20)}</span>
                      </td>
                      <td>
                        <${IntervalBar}
                            ...${x.within_10_mid_high} goal=${0.9} min=${min}
                            met=${x.within_10_mid_high.value >= 0.9} />
                        <span class="small num nowrap">${shareText(x.within_10_mid_high)}</span>
                      </td>
                      <td class="r">${stopwatch(x.mean_wait_s || 0)}</td>
                      <td class="r">${count(x.abandoned)}</td>
                      <td><${Verdict} verdict=${x.verdict_1020} /></td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        <//>
      </div>
    `;
}

export function Tellers() {
    const r = route.value;
    const l = useLoad('/api/tellers' + query(r), pollOf(r));
    const wait = state(l);
    if (wait) return wait;
    if (!l.data.items.length) return html`<p class="empty">${t('office.nodata')}</p>`;
    return html`
      <${Scroll} label=${t('office.view.tellers')}>
        <table class="table">
          <thead>
            <tr>
              <th>${t('office.teller')}</th>
              <th class="r">${t('office.served')}</th>
              <th class="r">${t('office.handling')}</th>
              <th class="r">${t('office.teller.wait')}</th>
              <th class="r">${t('office.no_show')}</th>
              <th class="r">${t('office.teller.open')}</th>
              <th class="wide-col">${t('office.teller.busy')}</th>
            </tr>
          </thead>
          <tbody>
            ${l.data.items.map(
                (/** @type {any} */ x) => html`
                  <tr key=${x.staff_id}>
                    <th scope="row">${x.name}</th>
                    <td class="r">${count(x.served)}</td>
                    <td class="r">${stopwatch(x.mean_handling_s || 0)}</td>
                    <td class="r">${stopwatch(x.mean_wait_s || 0)}</td>
                    <td class="r">${count(x.no_shows)}</td>
                    <td class="r">${duration(x.open_s)}</td>
                    <td>
                      <div class="row-s row-nowrap">
                        <span class="progress grow" aria-hidden="true">
                          <i style=${{ '--part': String((x.busy_ppm || 0) / 1e6) }}></i>
                        </span>
                        <span class="num small nowrap">${percent((x.busy_ppm || 0) / 1e6, 0)}</span>
                      </div>
                    </td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
      <p class="small muted">${t('office.teller.hint')}</p>
    `;
}
