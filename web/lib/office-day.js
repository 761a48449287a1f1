// office-day.js -- One day: its half-hours, then its tickets, each with its life line.
import { html, useState } from './vendor.js';
import uPlot from '/lib/vendor/uplot.js';
import { t, pick } from './texts.js';
import { StateBadge } from './ui.js';
import { addDays, count, stopwatch, time } from './format.js';
import { ClassBadge, Wait, outlets, risk } from './staff.js';
import { state, whole } from './office-views.js';
import { Scroll } from './table.js';
import {
    Chart,
    INK,
    axis,
    dateShort,
    days,
    halfHour,
    link,
    route,
    today,
    useLoad,
    weekday,
} from './office-base.js';

export function Day() {
    const r = route.value;
    const date = r.date || days(r).until;
    const o = r.outlet ? '&outlet=' + r.outlet : '';
    const poll = date >= today() ? 20000 : 0;
    const [show, setShow] = useState('');
    const [find, setFind] = useState('');
    const wanted = find.trim().toUpperCase();
    const h = useLoad(`/api/half-hours?date=${date}${o}`, poll);
    const k = useLoad(
        `/api/tickets?date=${date}${o}&limit=500` +
            (show === 'over' ? '&over=1' : show ? '&state=' + show : ''),
        poll,
    );
    const halves = h.data
        ? h.data.items.filter((/** @type {any} */ x) => x.taken || x.served || x.waiting_max)
        : [];
    return html`
      <div class="stack">
        <div class="row">
          <a class="btn btn-small" href=${link({ view: 'day', date: addDays(date, -1) })}>
            ← ${dateShort(addDays(date, -1))}
          </a>
          <h2>${date} ${t('weekday.' + weekday(date))}</h2>
          ${date < today() && html`
            <a class="btn btn-small" href=${link({ view: 'day', date: addDays(date, 1) })}>
              ${dateShort(addDays(date, 1))} →
            </a>
          `}
        </div>
        <section class="card stack" aria-labelledby="halves-title">
          <h2 id="halves-title">${t('office.halves')}</h2>
          ${
            state(h) ||
            (halves.length === 0
                ? html`<p class="empty">${t('office.nodata')}</p>`
                : html`
                    <${HalfChart} rows=${halves} />
                    <${Scroll} label=${t('office.halves')}>
                      <table class="table table-tight">
                        <thead>
                          <tr>
                            <th>${t('office.half')}</th>
                            <th class="r">${t('office.taken')}</th>
                            <th class="r">${t('office.served')}</th>
                            <th class="r">${t('office.half.most')}</th>
                            <th class="r">${t('office.half.windows')}</th>
                            <th class="r">${t('office.mean')}</th>
                            <th class="r">${t('office.p95')}</th>
                            <th class="r">${t('office.half.over')}</th>
                          </tr>
                        </thead>
                        <tbody>
                          ${halves.map(
                              (/** @type {any} */ x) =>
                                  html`
                                    <tr key=${x.half_hour}>
                                      <th scope="row" class="num">${halfHour(x.half_hour)}</th>
                                      <td class="r">${count(x.taken)}</td>
                                      <td class="r">${count(x.served)}</td>
                                      <td class="r">${count(x.waiting_max)}</td>
                                      <td class="r">${(x.windows_open_mean || 0).toFixed(1)}</td>
                                      <td class="r">${stopwatch(x.mean_wait_s || 0)}</td>
                                      <td class="r">${stopwatch(x.p95_s || 0)}</td>
                                      <td class=${'r ' + (x.over ? 'wait-over' : '')}>
                                        ${count(x.over)}
                                      </td>
                                    </tr>
                                  `,
                          )}
                        </tbody>
                      </table>
                    <//>
                  `)
          }
        </section>
        <section class="stack" aria-labelledby="tickets-title">
          <div class="row row-between">
            <h2 id="tickets-title">${t('office.tickets')}</h2>
            <label class="find-number">
              <span class="sr-only">${t('office.find')}</span>
              <input
                  class="input" type="search" placeholder=${t('office.find')} value=${find}
                  onInput=${(/** @type {any} */ e) => setFind(e.target.value)} />
            </label>
            <div class="seg seg-wrap" role="group" aria-label=${t('office.tickets')}>
              ${['', 'over', 'done', 'left', 'no_show', 'void'].map(
                  (s) =>
                      html`
                        <button
                            key=${s} type="button" aria-pressed=${String(show === s)}
                            onClick=${() => setShow(s)}>
                          ${
                            s === ''
                                ? t('office.tickets.all')
                                : s === 'over'
                                  ? t('office.tickets.over')
                                  : t('state.' + s)
                          }
                        </button>
                      `,
              )}
            </div>
          </div>
          ${state(k) || html`
            <${TicketTable}
                key=${date + show}
                rows=${k.data.items.filter((/** @type {any} */ x) => x.number.startsWith(wanted))}
                outlet=${r.outlet} />
          `}
        </section>
      </div>
    `;
}
/** @param {{rows: any[]}} p */
function HalfChart({ rows }) {
    const data = [
        rows.map((x) => x.half_hour),
        rows.map((x) => x.taken),
        rows.map((x) => x.waiting_max),
        rows.map((x) => x.windows_open_mean),
    ];
    const options = (/** @type {any} */ size) => ({
        ...size,
        cursor: { drag: { x: false, y: false } },
        scales: {
            x: {
                time: false,
                range: [rows[0].half_hour - 0.6, rows[rows.length - 1].half_hour + 0.6],
            },
            y: {
                range: (
                    /** @type {any} */ _u,
                    /** @type {number} */ _a,
                    /** @type {number} */ b,
                ) => [0, b * 1.1 || 1],
            },
        },
        axes: [
            axis({
                values: (/** @type {any} */ _u, /** @type {number[]} */ at) =>
                    at.map((x) => (Number.isInteger(x) ? halfHour(x) : '')),
                grid: { show: false },
            }),
            axis({ size: 48 }),
        ],
        series: [
            {
                label: t('office.half'),
                value: (/** @type {any} */ _u, /** @type {number} */ x) =>
                    x === null || x === undefined ? '—' : halfHour(x),
            },
            {
                label: t('office.taken'),
                fill: INK.pale,
                stroke: INK.green,
                width: 1,
                paths: uPlot.paths.bars && uPlot.paths.bars({ size: [0.7, 60] }),
                points: { show: false },
                value: whole,
            },
            {
                label: t('office.half.most'),
                stroke: '#a94c16',
                width: 2.5,
                points: { size: 6, fill: '#a94c16' },
                value: whole,
            },
            {
                label: t('office.half.windows'),
                stroke: INK.ink,
                width: 2,
                dash: [6, 4],
                points: { show: false },
                value: (/** @type {any} */ _u, /** @type {number|null} */ x) =>
                    x === null || x === undefined ? '—' : x.toFixed(1),
            },
        ],
    });
    return html`
      <${Chart} options=${options} data=${data} height=${220} label=${t('office.halves')} />
    `;
}
const PAGE = 100;
/** The day's tickets, a hundred at a time. @param {{rows: any[], outlet: number}} p outlet 0: of all outlets */
function TicketTable({ rows, outlet }) {
    const [shown, setShown] = useState(PAGE);
    if (!rows.length) return html`<p class="empty">${t('office.nodata')}</p>`;
    const where = (/** @type {any} */ x) => {
        const o = outlet ? null : (outlets.value || []).find((y) => y.id === x.outlet_id);
        return o ? pick(o) : '';
    };
    return html`
      <${Scroll} label=${t('office.tickets')}>
        <table class="table table-tight">
          <thead>
            <tr>
              <th>${t('floor.t.number')}</th>
              ${!outlet && html`<th>${t('staff.outlet')}</th>`}
              <th>${t('floor.t.service')}</th>
              <th>${t('win.taken')}</th>
              <th class="r">${t('floor.t.wait')}</th>
              <th>${t('floor.t.state')}</th>
              <th>${t('office.where')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, shown).map(
                (x) => html`
                  <tr key=${x.id}>
                    <th scope="row" class="num">
                      <a href=${link({ view: 'ticket', id: x.id })}>${x.number}</a>
                    </th>
                    ${!outlet && html`<td>${where(x)}</td>`}
                    <td>
                      <span class="row-s">
                        ${pick(x, 'service_name')}
                        <${ClassBadge} of=${x.class} />
                      </span>
                    </td>
                    <td class="num">${time(x.taken_ms)}</td>
                    <td class="r">
                      <${Wait}
                          s=${x.waited_s || 0}
                          state=${x.state === 'void' || x.state === 'booked' ? 'fine' : overOnly(x)} />
                    </td>
                    <td>
                      <span class="row-s">
                        <${StateBadge} state=${x.state} />
                        ${x.inaccurate && html`
                          <span class="badge badge-warn">${t('office.inaccurate')}</span>
                        `}
                      </span>
                    </td>
                    <td>
                      ${x.window_number ? t('floor.t.at', { n: x.window_number }) : ''} ${
                        x.staff_name || ''
                      }
                    </td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
      ${rows.length > shown && html`
        <div class="center">
          <button type="button" class="btn" onClick=${() => setShown(shown + PAGE)}>
            ${t('office.more', { n: rows.length - shown })}
          </button>
        </div>
      `}
    `;
}
const overOnly = (/** @type {any} */ x) =>
    risk(x.waited_s, x.class ? x.class.target_s : 0) === 'over' ? 'over' : 'fine';
