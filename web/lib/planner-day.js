// planner-day.js -- One day: who will come, how many windows keep the promise, what if.
import { html, useEffect, useMemo, useRef, useState } from './vendor.js';
import { has, t } from './texts.js';
import { get, post, put } from './api.js';
import { Loading, toast, toastProblem } from './ui.js';
import { Chart, INK } from './office-base.js';
import {
    JobBar,
    dayName,
    dayShown,
    hm,
    mayChange,
    outletPath,
    percent,
    useJob,
    useRest,
} from './planner-base.js';

const METHODS = ['plan', 'sipp', 'lag_sipp', 'sipp_max', 'mol', 'day_only'];
const RULES = {
    fcfs: 'fcfs',
    strict: 'strict',
    promise: 'promise',
    head: 'head:mid=10m,high=10m',
};
/** @param {number[]} a @param {number[]} b */
const plus = (a, b) => a.map((x, i) => x + (b[i] || 0));
const tick = (/** @type {any} */ _u, /** @type {number[]} */ v) => v.map((s) => hm(s * 30));
const half = {
    values: tick,
    incrs: [1, 2, 4],
    space: 48,
    font: '12px sans-serif',
    grid: { stroke: '#e6e3d8' },
};
const left = { size: 44, font: '12px sans-serif', grid: { stroke: '#e6e3d8' } };

/** @param {{f: any}} p */
function Forecast({ f }) {
    const a = Math.floor(f.opens / 30),
        b = Math.ceil(f.closes / 30);
    const data = useMemo(() => {
        const x = Array.from({ length: b - a }, (_, i) => a + i);
        return [x, ...['low', 'high', 'mean'].map((k) => x.map((s) => f[k][s]))];
    }, [f]);
    return html`
      <section class="card" aria-labelledby="fc-title">
        <div class="card-head">
          <h2 id="fc-title">${t('plan.forecast')}</h2>
          <span class="small muted">
            ${
              f.history_days
                  ? t(f.forecast ? 'plan.forecast.model' : 'plan.forecast.mean', {
                        n: f.history_days,
                    })
                  : t('plan.forecast.none')
            }
          </span>
        </div>
        <p class="num">
          ${t('plan.forecast.of', {
              n: f.total.toFixed(0),
              low: f.total_low.toFixed(0),
              high: f.total_high.toFixed(0),
          })}
        </p>
        <${Chart}
            label=${t('plan.forecast.label')} height=${170} data=${data}
            options=${(/** @type {any} */ size) => ({
                ...size,
                legend: { show: false },
                cursor: { show: false },
                scales: {
                    x: { time: false },
                    y: {
                        range: (
                            /** @type {any} */ _u,
                            /** @type {any} */ _l,
                            /** @type {number} */ h,
                        ) => [0, (h || 1) * 1.1],
                    },
                },
                axes: [half, left],
                bands: [{ series: [2, 1], fill: INK.soft }],
                series: [
                    {},
                    { stroke: 'transparent', points: { show: false } },
                    { stroke: 'transparent', points: { show: false } },
                    { stroke: INK.green, width: 2 },
                ],
            })} />
      </section>
    `;
}

/** What is drawn beside the windows once a day was worked out: the certified plan and what textbooks say. */
const DRAWN = {
    plan: { stroke: '#7a4f00', width: 2, dash: [] },
    sipp: { stroke: '#1b4f7a', width: 2, dash: [2, 4] },
    day_only: { stroke: '#5c6b63', width: 2, dash: [9, 4] },
};
/** @param {any} item */
const proven = (item) => /** @type {any[]} */ (Object.values(item.parts)).every((p) => p.certified);
/** Windows of both parts by method, as long as the day. @param {any} item @param {number} slots @returns {[string, number[]][]} */
function plansOf(item, slots) {
    const parts = /** @type {any[]} */ (item ? Object.values(item.parts) : []);
    if (!parts.length || parts.some((p) => p.plan.windows.length !== slots)) return [];
    return Object.keys(DRAWN).map((m) => [
        m,
        parts.map((p) => p[m].windows).reduce((/** @type {number[]} */ a, b) => plus(a, b)),
    ]);
}

/** Windows as steps, late as bars. @param {{r: any, need: number[], item: any}} p */
function Curve({ r, need, item }) {
    const plans = useMemo(() => plansOf(item, r.slots.length), [item, r]);
    const data = useMemo(() => {
        const x = r.slots.map((/** @type {any} */ s) => s.slot);
        return [
            x,
            r.slots.map((/** @type {any} */ s) => s.late * 100),
            r.slots.map((/** @type {any} */ s) => need[s.slot] || 0),
            r.slots.map((/** @type {any} */ s) => s.personal + s.corporate),
            ...plans.map(([, n]) => n),
        ];
    }, [r, need, plans]);
    return html`
      <${Chart}
          key=${plans.length} label=${t('plan.curve.label')} height=${plans.length ? 260 : 210}
          data=${data}
          options=${(/** @type {any} */ size, /** @type {any} */ uplot) => ({
              ...size,
              legend: { show: false },
              cursor: { show: false },
              scales: {
                  x: { time: false },
                  y: {
                      range: (
                          /** @type {any} */ _u,
                          /** @type {any} */ _l,
                          /** @type {number} */ h,
                      ) => [0, (h || 1) + 1],
                  },
                  late: {
                      range: (
                          /** @type {any} */ _u,
                          /** @type {any} */ _l,
                          /** @type {number} */ h,
                      ) => [0, Math.max(20, h)],
                  },
              },
              axes: [
                  half,
                  left,
                  {
                      ...left,
                      scale: 'late',
                      side: 1,
                      grid: { show: false },
                      values: (/** @type {any} */ _u, /** @type {number[]} */ v) =>
                          v.map((p) => p + '%'),
                  },
              ],
              series: [
                  {},
                  { scale: 'late', stroke: INK.danger, fill: 'rgba(160, 35, 27, 0.15)', width: 1 },
                  { stroke: INK.gold, width: 2, dash: [6, 4] },
                  { stroke: INK.green, width: 3 },
                  ...plans.map(([m]) => ({
                      ...DRAWN[/** @type {'plan'} */ (m)],
                      points: { show: false },
                  })),
              ],
          })} />
      <p class="tiny key-line" data-curve=${plans.length}>
        <span class="key key-green"></span>
        ${t('plan.work.row')}
        <span class="key key-gold"></span>
        ${t('plan.need.row')}
        <span class="key key-danger"></span>
        ${t('plan.late.row')}
        ${plans.map(
            ([m, n]) => html`
              <span key=${m} class="key-plan">
                <span class=${'key key-' + m}></span>
                ${t('plan.curve.' + (m === 'plan' && !proven(item) ? 'most' : m), {
                    n: n.reduce((a, b) => a + b, 0),
                })}
              </span>
            `,
        )}
      </p>
    `;
}

/** @param {{r: any}} p */
function SlotTable({ r }) {
    return html`
      <details>
        <summary>${t('plan.table')}</summary>
        <div class="table-wrap" tabindex="0" role="region" aria-label=${t('plan.table')}>
          <table class="table table-tight">
            <thead>
              <tr>
                <th scope="col">${t('plan.half')}</th>
                <th scope="col" class="right">${t('plan.expected')}</th>
                <th scope="col" class="right">${t('plan.windows')}</th>
                <th scope="col" class="right">${t('plan.late')}</th>
                <th scope="col" class="right">${t('plan.late.upper')}</th>
                ${r.whole.classes
                    .filter((/** @type {any} */ k) => k.code !== 'normal')
                    .map(
                        (/** @type {any} */ k) => html`
                          <th key=${k.code} scope="col" class="right">
                            ${t('plan.cert.class', {
                                code: has('plan.class.' + k.code)
                                    ? t('plan.class.' + k.code)
                                    : k.code,
                                n: k.within,
                            })}
                          </th>
                        `,
                    )}
                <th scope="col" class="right">${t('plan.wait')}</th>
              </tr>
            </thead>
            <tbody>
              ${r.slots.map(
                  (/** @type {any} */ s) => html`
                    <tr key=${s.slot} class=${s.late_upper > r.promised ? 'row-late' : ''}>
                      <th scope="row" class="num">${hm(s.slot * 30)}</th>
                      <td class="num right">${s.expected.toFixed(1)}</td>
                      <td class="num right">${s.personal} + ${s.corporate}</td>
                      <td class="num right">${percent(s.late)}</td>
                      <td class="num right">${percent(s.late_upper)}</td>
                      ${s.classes
                          .filter((/** @type {any} */ k) => k.code !== 'normal')
                          .map(
                              (/** @type {any} */ k) =>
                                  html`<td key=${k.code} class="num right">${percent(k.late)}</td>`,
                          )}
                      <td class="num right">${t('plan.min', { n: s.wait.toFixed(1) })}</td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        </div>
      </details>
    `;
}

const worstOf = (/** @type {any} */ r) =>
    r.slots.reduce(
        (/** @type {any} */ a, /** @type {any} */ s) => (s.late > a.late ? s : a),
        r.slots[0],
    );

/** @param {{r: any}} p */
function Certificate({ r }) {
    const over = r.slots.filter((/** @type {any} */ s) => s.late_upper > r.promised);
    const worst = worstOf(r);
    const f = r.fix;
    return html`
      <section
          class=${'card verdict-card ' + (over.length ? 'judged-bad' : 'judged-good')}
          aria-labelledby="cert-title">
        <div class="card-head">
          <h2 id="cert-title">${t('plan.cert')}</h2>
          <span class="small muted num">${t('plan.cert.days', { n: r.days })}</span>
        </div>
        <p class="cert-word" data-cert>
          ${over.length ? t('plan.cert.broken', { n: over.length }) : t('plan.cert.kept')}
        </p>
        <p class="small muted">
          ${t('plan.cert.promise', { n: r.within_minutes, p: percent(r.promised, 0) })}
        </p>
        <dl class="cert-list">
          <div><dt>${t('plan.cert.whole')}</dt><dd class="num">${percent(r.whole.late)}</dd></div>
          <div>
            <dt>${t('plan.cert.worst')}</dt>
            <dd class="num">${hm(worst.slot * 30)} · ${percent(worst.late)}</dd>
          </div>
          ${r.whole.classes
              .filter((/** @type {any} */ k) => k.code !== 'normal')
              .map(
                  (/** @type {any} */ k) => html`
                    <div key=${k.code}>
                      <dt>
                        ${t('plan.cert.class', {
                            code: has('plan.class.' + k.code) ? t('plan.class.' + k.code) : k.code,
                            n: k.within,
                        })}
                      </dt>
                      <dd class="num">${percent(k.late)} / ${percent(k.promised, 0)}</dd>
                    </div>
                  `,
              )}
        </dl>
        ${over.length > 0 && r.whole.late <= r.promised && html`
          <p class="small">
            ${t('plan.cert.day_only', {
                p: percent(r.whole.late),
                time: hm(worst.slot * 30),
                worst: percent(worst.late),
            })}
          </p>
        `}
        ${over.length > 0 && html`
          <p class="small">
            <strong>${t('plan.cert.binding')}</strong>
            ${' '}
            <span class="num">
              ${over
                  .map((/** @type {any} */ s) => hm(s.slot * 30) + ' ' + percent(s.late_upper))
                  .join(' · ')}
            </span>
          </p>
        `}
        <p class="small">
          <strong>${t('plan.cert.fix')}</strong>
          ${' '}
          ${
            f
                ? t('plan.cert.fix.text', {
                      kind: t(f.corporate ? 'plan.skill.corporate' : 'plan.skill.personal'),
                      from: hm(f.slot * 30),
                      until: hm((f.slot + f.slots) * 30),
                      before: percent(f.worst_before),
                      after: percent(f.worst_after),
                      day_before: percent(f.late_before),
                      day_after: percent(f.late_after),
                  })
                : t(
                      over.length
                          ? worst.late > r.promised
                              ? 'plan.cert.fix.none'
                              : 'plan.cert.fix.close'
                          : 'plan.cert.fix.no',
                  )
          }
        </p>
      </section>
    `;
}

/** @param {{label: string, value: number, min: number, max: number, step: number, say: string, set: (n: number) => void}} p */
const Slider = ({ label, value, min, max, step, say, set }) => html`
  <label class="slider">
    <span>${label}</span>
    <input
        type="range" min=${min} max=${max} step=${step} value=${value} aria-valuetext=${say}
        onInput=${(/** @type {any} */ e) => set(Number(e.target.value))} />
    <output class="num">${say}</output>
  </label>
`;

const DAYS = 2000; /* simulated */
const NOTHING = { arrivals: 100, service: 100, plus: 0, patience: -1, rule: '' };

/** @param {{day: string, use: any, now: any, patience: number}} p */
function WhatIf({ day, use, now, patience }) {
    const [w, setW] = useState(NOTHING);
    const [r, setR] = useState(/** @type {any} */ (null));
    const asked = useRef(0);
    const set = (/** @type {any} */ x) => setW({ ...w, ...x });
    const usual = Math.round(patience);
    const p = w.patience < 0 ? usual : w.patience;
    const same = Object.entries(NOTHING).every(([k, v]) => w[/** @type {'rule'} */ (k)] === v);
    /* First as many days as a slider can wait for, then the very days of what stands beside it. */
    const ask = (/** @type {number} */ n, /** @type {number} */ days) =>
        post(outletPath() + '/plan/simulate', {
            day,
            ...use,
            arrivals: w.arrivals / 100,
            service: w.service / 100,
            plus: w.plus,
            ...(days ? { days } : {}),
            ...(w.patience < 0 ? {} : { patience: w.patience }),
            ...(w.rule ? { rule: /** @type {any} */ (RULES)[w.rule] } : {}),
        }).then((x) => {
            if (n === asked.current) setR(x);
            return n === asked.current;
        });
    useRest(
        [w, use],
        () => {
            const n = ++asked.current;
            setR(null);
            if (same) return;
            ask(n, 0)
                .then((last) => last && ask(n, DAYS))
                .catch(toastProblem);
        },
        120,
    );
    const then = same ? now : r;
    const row = (/** @type {string} */ name, /** @type {(x: any) => string} */ of) => html`
      <tr>
        <th scope="row">${name}</th>
        <td class="num right">${of(now)}</td>
        <td class="num right strong">${then ? of(then) : '…'}</td>
      </tr>
    `;
    const sign = (/** @type {number} */ n) => (n > 0 ? '+' : '') + n;
    return html`
      <section class="card what" aria-labelledby="what-title">
        <div class="card-head">
          <h2 id="what-title">${t('plan.what')}</h2>
          <button type="button" class="btn btn-small" onClick=${() => setW(NOTHING)}>
            ${t('plan.what.reset')}
          </button>
        </div>
        <div class="what-grid">
          <div class="stack-s">
            <${Slider}
                label=${t('plan.what.arrivals')} value=${w.arrivals} min=${70} max=${130} step=${1}
                say=${w.arrivals + '%'} set=${(/** @type {number} */ n) => set({ arrivals: n })} />
            <${Slider}
                label=${t('plan.what.service')} value=${w.service} min=${70} max=${130} step=${1}
                say=${w.service + '%'} set=${(/** @type {number} */ n) => set({ service: n })} />
            <${Slider}
                label=${t('plan.what.plus')} value=${w.plus} min=${-4} max=${4} step=${1}
                say=${sign(w.plus)} set=${(/** @type {number} */ n) => set({ plus: n })} />
            <${Slider}
                label=${t('plan.what.patience')} value=${p} min=${0} max=${Math.max(240, usual)}
                step=${5} say=${p ? t('plan.min', { n: p }) : t('plan.what.patience.never')}
                set=${(/** @type {number} */ n) => set({ patience: n })} />
            <label class="slider">
              <span>${t('plan.what.rule')}</span>
              <select
                  class="select" value=${w.rule}
                  onChange=${(/** @type {any} */ e) => set({ rule: e.target.value })}>
                <option value="">${t('plan.what.rule.own')}</option>
                ${Object.keys(RULES).map(
                    (k) => html`<option key=${k} value=${k}>${t('plan.what.rule.' + k)}</option>`,
                )}
              </select>
            </label>
          </div>
          <div>
            <table class="table table-tight" data-what>
              <thead>
                <tr>
                  <td></td>
                  <th scope="col" class="right">${t('plan.what.before')}</th>
                  <th scope="col" class="right">${t('plan.what.after')}</th>
                </tr>
              </thead>
              <tbody>
                ${row(t('plan.cert.whole'), (x) => percent(x.whole.late))}
                ${row(
                    t('plan.cert.worst'),
                    (x) => hm(worstOf(x).slot * 30) + ' ' + percent(worstOf(x).late),
                )}
                ${row(t('plan.wait'), (x) => t('plan.min', { n: x.whole.wait.toFixed(1) }))}
                ${row(t('plan.what.gave_up'), (x) => percent(x.whole.gave_up))}
                ${row(t('plan.what.over'), (x) =>
                    String(
                        x.slots.filter((/** @type {any} */ s) => s.late_upper > x.promised).length,
                    ),
                )}
              </tbody>
            </table>
            ${then && html`
              <p class="tiny muted num" role="status">
                ${t('plan.what.ms', { n: then.ms.toFixed(0), days: then.days })}
              </p>
            `}
          </div>
        </div>
      </section>
    `;
}

/** The fewest windows of one sort, what bounds them from below, and what textbooks say. @param {{name: string, p: any}} p */
function Part({ name, p }) {
    const part = t('plan.staff.part', { part: t('plan.skill.' + name) });
    return html`
      <div class="stack-s">
        <h3 class="row-s">
          ${part}
          <span class=${'badge ' + (p.certified ? 'badge-ok' : 'badge-warn')}>
            ${t(p.certified ? 'plan.staff.certified' : 'plan.staff.uncertified')}
          </span>
        </h3>
        <p class="small num" data-gap>
          ${t(p.certified ? 'plan.staff.gap' : 'plan.staff.bound', {
              n: p.lower_bound,
              sum: p.plan.sum,
              gap: p.plan.sum - p.lower_bound,
          })}
        </p>
        ${p.beyond && html`
          <p class="small num">
            ${t('plan.staff.beyond', { at: hm(p.beyond.slot * 30), late: percent(p.beyond.late) })}
          </p>
        `}
        ${p.certified && html`
          <div class="gap-bar" aria-hidden="true">
            <svg viewBox=${`0 0 ${p.plan.sum} 10`} preserveAspectRatio="none">
              <rect class="gap-sure" x="0" y="0" width=${p.lower_bound} height="10" />
              <rect
                  class="gap-open" x=${p.lower_bound} y="0" width=${p.plan.sum - p.lower_bound}
                  height="10" />
            </svg>
          </div>
        `}
        <div class="table-wrap" tabindex="0" role="region" aria-label=${part}>
          <table class="table table-tight">
            <thead>
              <tr>
                <th scope="col">${t('plan.method')}</th>
                <th scope="col" class="right">${t('plan.staff.sum')}</th>
                <th scope="col" class="right">${t('plan.cert.whole')}</th>
                <th scope="col" class="right">${t('plan.cert.worst')}</th>
                <th scope="col" class="right">${t('plan.staff.over')}</th>
              </tr>
            </thead>
            <tbody>
              ${METHODS.filter((m) => p[m]).map(
                  (m) => html`
                    <tr key=${m} class=${m === 'plan' ? 'strong' : ''}>
                      <th scope="row">
                        ${t(m === 'plan' && !p.certified ? 'method.most' : 'method.' + m)}
                      </th>
                      <td class="num right">${p[m].sum}</td>
                      <td class="num right">${percent(p[m].whole_late)}</td>
                      <td class="num right">${percent(p[m].worst_late)}</td>
                      <td class="num right">${p[m].slots_over}</td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        </div>
      </div>
    `;
}

/** @param {{item: any, use: () => void, may: boolean}} p */
const Staffing = ({ item, use, may }) => html`
  <section class="card stack" aria-labelledby="staffed-title">
    <h2 id="staffed-title" class="row-s">
      ${t('plan.staff.result')}
      ${item.first && html`<span class="badge">${t('plan.staff.first')}</span>`}
    </h2>
    <div class="two-grid even">
      ${Object.entries(item.parts).map(
          ([name, p]) => html`<${Part} key=${name} name=${name} p=${p} />`,
      )}
    </div>
    ${item.joined && html`
      <p>
        ${t('plan.staff.joined', { n: item.joined.added })}
        ${' '}
        <span class=${'badge ' + (item.joined.certified ? 'badge-ok' : 'badge-warn')}>
          ${t(item.joined.certified ? 'plan.staff.certified' : 'plan.staff.uncertified')}
        </span>
        ${' '}
        <span class="small muted num">
          ${t('plan.staff.joined.worst', {
              whole: percent(item.joined.whole_late),
              worst: percent(item.joined.worst_late),
              n: item.joined.slots_over,
          })}
        </span>
      </p>
    `}
    ${may && html`
      <button type="button" class="btn btn-primary fit" onClick=${use}>
        ${t('plan.staff.use')}
      </button>
    `}
  </section>
`;

/** @param {{week: any, again: () => void}} p */
export function Day({ week, again }) {
    const day = dayShown();
    const at = week.days.find((/** @type {any} */ d) => d.day === day) || week.days[0];
    const [f, setF] = useState(/** @type {any} */ (null));
    const [which, setWhich] = useState(week.published || week.draft ? 'roster' : 'need');
    const [now, setNow] = useState(/** @type {any} */ (null));
    const [item, setItem] = useState(/** @type {any} */ (null));
    const may = mayChange();
    const needed = plus(at.need.personal, at.need.corporate);
    const use = useMemo(
        () =>
            which === 'certified' && item
                ? { use: 'windows', personal: item.need.personal, corporate: item.need.corporate }
                : { use: which === 'certified' ? 'need' : which },
        [which, item, day],
    );
    const take = (/** @type {any} */ x) =>
        put(outletPath() + '/plan/need', {
            day: x.day,
            personal: x.need.personal,
            corporate: x.need.corporate,
            source: 'certified',
        });
    const showDay = (/** @type {any} */ result) => {
        if (result.items.length !== 1 || result.items[0].day !== dayShown()) return;
        setItem(result.items[0]);
        setWhich('certified');
    };
    const job = useJob(async (result) => {
        if (result.items.length <= 1) return showDay(result);
        try {
            for (const x of result.items) await take(x);
            toast(t('plan.staff.used.week', { n: result.items.length }), 'ok');
            again();
        } catch (e) {
            toastProblem(e);
        }
    }, showDay);
    useEffect(() => {
        job.again('staff');
    }, []);
    useEffect(() => {
        let gone = false;
        setF(null);
        setItem(null);
        setWhich(week.published || week.draft ? 'roster' : 'need');
        get(outletPath() + '/plan/forecast?day=' + day)
            .then((x) => !gone && setF(x))
            .catch(toastProblem);
        return () => {
            gone = true;
        };
    }, [day]);
    useEffect(() => {
        let gone = false;
        setNow(null);
        if (at.opens < at.closes)
            post(outletPath() + '/plan/simulate', { day, ...use, fix: true, days: DAYS })
                .then((x) => !gone && setNow(x))
                .catch(toastProblem);
        return () => {
            gone = true;
        };
    }, [day, use]);
    if (at.opens >= at.closes) return html`<p class="empty">${t('plan.closed')}</p>`;
    return html`
      <h2 class="sr-only">${dayName(day, 'long')}</h2>
      <${JobBar} job=${job.job} stop=${job.stop} />
      <div class="day-grid">
        <div class="stack">
          ${f && html`<${Forecast} f=${f} />`}
          <section class="card" aria-labelledby="curve-title">
            <div class="card-head">
              <h2 id="curve-title">${t('plan.curve')}</h2>
              <div class="seg" role="group" aria-label=${t('plan.curve.which')}>
                ${['roster', 'need', ...(item ? ['certified'] : [])].map(
                    (k) => html`
                      <button
                          key=${k} type="button" aria-pressed=${String(which === k)}
                          onClick=${() => setWhich(k)}>
                        ${t('plan.use.' + k)}
                      </button>
                    `,
                )}
              </div>
            </div>
            ${
              now
                  ? html`<${Curve} r=${now} need=${needed} item=${item} /><${SlotTable} r=${now} />`
                  : html`<${Loading} />`
            }
          </section>
        </div>
        <div class="stack">
          ${now && html`<${Certificate} r=${now} />`}
          <section class="card stack-s no-print" aria-labelledby="staff-title">
            <div class="card-head">
              <h2 id="staff-title">${t('plan.staff')}</h2>
              <span class="badge">
                ${t('plan.source.' + (at.need.planned ? at.need.source : 'none'))}
              </span>
            </div>
            <p class="small muted">${t('plan.staff.hint')}</p>
            ${may && html`
              <div class="row">
                <button
                    type="button" class="btn" disabled=${!!job.job}
                    onClick=${() => job.start('/plan/staff', { day })}>
                  ${t('plan.staff.run')}
                </button>
                <button
                    type="button" class="btn" disabled=${!!job.job}
                    onClick=${() => job.start('/plan/staff', { day: week.week, days: 7 })}>
                  ${t('plan.staff.week')}
                </button>
              </div>
            `}
          </section>
        </div>
      </div>
      ${item && html`
        <${Staffing}
            item=${item} may=${may}
            use=${() =>
                take(item)
                    .then(() => {
                        toast(t('plan.staff.used'), 'ok');
                        again();
                    })
                    .catch(toastProblem)} />
      `}
      ${now && f && html`
        <${WhatIf} day=${day} use=${use} now=${now} patience=${f.patience_minutes} />
      `}
    `;
}
