// planner-week.js -- The week's roster: made by the solver or by hand, checked at every change, saved,
// published, printed.
import { html, useEffect, useRef, useState } from './vendor.js';
import { t } from './texts.js';
import { post, put } from './api.js';
import { ask, toast, toastProblem } from './ui.js';
import { dateTime } from './format.js';
import {
    JobBar,
    dayName,
    dayShown,
    go,
    hm,
    mayChange,
    outletPath,
    useJob,
    useRest,
} from './planner-base.js';
import { Gantt, fitBreak } from './planner-gantt.js';

/** @typedef {import('./planner-base.js').Work} Work */

const hours = (/** @type {number} */ m) => t('plan.hours', { n: Math.round(m / 6) / 10 });

/** Half-hours in a row that are short, as one line. @param {any} report @param {any[]} days */
function shorts(report, days) {
    const out = [];
    for (let d = 0; d < days.length; d++) {
        const m = report.cover[d].missing;
        for (let s = 0; s < m.length; s++) {
            if (!m[s]) continue;
            let e = s;
            while (e + 1 < m.length && m[e + 1] === m[s]) e++;
            out.push({
                day: d,
                text: t('fault.short', {
                    day: dayName(days[d].day),
                    time: hm(s * 30) + '–' + hm((e + 1) * 30),
                    n: m[s],
                }),
            });
            s = e;
        }
    }
    return out;
}

/** @param {any} f @param {any} week */
function faultText(f, week) {
    const p = week.people.find((/** @type {any} */ x) => x.staff_id === f.staff_id);
    const minutes = f.kind === 'rest' || f.kind.startsWith('hours') || f.kind === 'length';
    return t('fault.' + f.kind, {
        name: p ? p.name : '',
        day: f.day === undefined ? '' : dayName(week.days[f.day].day),
        time: f.slot === undefined ? '' : hm(f.slot * 30),
        have: minutes ? hours(f.have) : f.have,
        want: minutes ? hours(f.want) : f.want,
        n: f.have,
        max: f.want,
    });
}

/** @param {{week: any, report: any}} p */
function Judged({ week, report }) {
    const hard = report.faults.filter((/** @type {any} */ f) => f.hard);
    const soft = report.faults.filter((/** @type {any} */ f) => !f.hard && f.kind !== 'short');
    const lines = [
        ...hard.map((/** @type {any} */ f) => ({
            kind: 'danger',
            day: f.day,
            text: faultText(f, week),
        })),
        ...shorts(report, week.days).map((x) => ({ kind: 'warn', ...x })),
        ...soft.map((/** @type {any} */ f) => ({ kind: '', day: f.day, text: faultText(f, week) })),
    ];
    const [all, setAll] = useState(false);
    const shown = all ? lines : lines.slice(0, 8);
    const word = report.broken_rules
        ? t('plan.judged.broken', { n: report.broken_rules })
        : report.short_half_hours
          ? t('plan.judged.short', { n: report.short_half_hours })
          : t('plan.judged.good');
    return html`
      <section
          class=${
            'card judged ' +
            (report.broken_rules
                ? 'judged-bad'
                : report.short_half_hours
                  ? 'judged-short'
                  : 'judged-good')
          }
          aria-labelledby="judged-title">
        <h2 id="judged-title" class="sr-only">${t('plan.judged')}</h2>
        <p class="strong" role="status" aria-live="polite" data-judged>${word}</p>
        ${shown.length > 0 && html`
          <ul class="stack-s faults">
            ${shown.map(
                (x, i) => html`
                  <li key=${i} class=${x.kind ? 'fault-' + x.kind : ''}>
                    ${
                      x.day === undefined
                          ? x.text
                          : html`
                              <button
                                  type="button" class="link-like"
                                  onClick=${() => go({ day: week.days[x.day].day })}>
                                ${x.text}
                              </button>
                            `
                    }
                  </li>
                `,
            )}
          </ul>
        `}
        ${lines.length > 8 && !all && html`
          <button type="button" class="btn btn-small no-print" onClick=${() => setAll(true)}>
            ${t('plan.more', { n: lines.length - 8 })}
          </button>
        `}
      </section>
    `;
}

/** Stays as it is; lent to another outlet. @param {Work} x @param {any} week */
const signs = (x, week) => (x.pinned ? ' ◆' : '') + (x.outlet_id === week.outlet_id ? '' : ' →');

/** @param {{week: any, work: Work[], report: any, index: number, choose: (d: number, staff?: number) => void}} p */
function Grid({ week, work, report, index, choose }) {
    const of = new Map(work.map((x) => [x.staff_id + '/' + x.day, x]));
    const bad = new Set(
        report.faults
            .filter((/** @type {any} */ f) => f.hard)
            .map((/** @type {any} */ f) => f.staff_id + '/' + f.day),
    );
    const sums = new Map(report.people.map((/** @type {any} */ p) => [p.staff_id, p]));
    return html`
      <div class="card grid-week">
        <h2 id="grid-title" class="sr-only">${t('plan.grid')}</h2>
        <div class="table-wrap" tabindex="0" role="region" aria-labelledby="grid-title">
          <table class="table table-tight">
            <thead>
              <tr>
                <th scope="col">${t('plan.name')}</th>
                ${week.days.map((/** @type {any} */ d, /** @type {number} */ i) => {
                    const short = report.cover[i].missing.reduce(
                        (/** @type {number} */ a, /** @type {number} */ b) => a + b,
                        0,
                    );
                    const closed = d.opens >= d.closes;
                    return html`
                      <th key=${i} scope="col" class=${i === index ? 'col-here' : ''}>
                        <button
                            type="button" class="day-head" aria-pressed=${String(i === index)}
                            onClick=${() => choose(i)}>
                          <span>${dayName(d.day)} <span class="num">${d.day.slice(5)}</span></span>
                          <span
                              class=${
                                'tiny ' +
                                (closed || !d.need.planned
                                    ? 'muted'
                                    : short
                                      ? 'word-short'
                                      : 'word-ok')
                              }>
                            ${
                              closed
                                  ? t('plan.free')
                                  : !d.need.planned
                                    ? t('plan.noneed')
                                    : short
                                      ? t('plan.short.n', { n: short })
                                      : t('plan.covered')
                            }
                          </span>
                        </button>
                      </th>
                    `;
                })}
                <th scope="col" class="right">${t('plan.total')}</th>
              </tr>
            </thead>
            <tbody>
              ${week.people.map((/** @type {any} */ p) => {
                  const s = /** @type {any} */ (sums.get(p.staff_id)) || { minutes: 0, due: 0 };
                  return html`
                    <tr key=${p.staff_id}>
                      <th scope="row" class="nowrap">${p.name}</th>
                      ${week.days.map((/** @type {any} */ d, /** @type {number} */ i) => {
                          const x = of.get(p.staff_id + '/' + i);
                          return html`
                            <td
                                key=${i}
                                class=${
                                  'num nowrap ' +
                                  (i === index ? 'col-here ' : '') +
                                  (bad.has(p.staff_id + '/' + i) ? 'cell-bad' : '')
                                }>
                              ${
                                x
                                    ? html`
                                        <button
                                            type="button" class="cell"
                                            onClick=${() => choose(i, p.staff_id)}>
                                          ${hm(x.from)}–${hm(x.until)}${signs(x, week)}
                                        </button>
                                      `
                                    : html`
                                        <span class="muted tiny cell-off">
                                          ${
                                            p.absent[i]
                                                ? t('plan.absent')
                                                : d.opens < d.closes
                                                  ? '·'
                                                  : ''
                                          }
                                        </span>
                                      `
                              }
                            </td>
                          `;
                      })}
                      <td
                          class=${
                            'num right nowrap ' +
                            (s.minutes > p.minutes_max
                                ? 'cell-bad'
                                : s.minutes < s.due
                                  ? 'word-short'
                                  : '')
                          }>
                        ${p.guest ? '' : hours(s.minutes)}
                      </td>
                    </tr>
                  `;
              })}
            </tbody>
          </table>
        </div>
      </div>
    `;
}

/** @param {{week: any, dirty: boolean}} p */
function Status({ week, dirty }) {
    return html`
      <span class="small">
        ${
          week.published
              ? html`
                  <span class="badge badge-ok">
                    ${t('plan.status.published', {
                        n: week.published.version,
                        time: dateTime(week.published.saved_ms),
                    })}
                  </span>
                `
              : html`<span class="badge">${t('plan.status.none')}</span>`
        }
        ${' '}
        ${
          dirty
              ? html`<span class="badge badge-warn">${t('plan.status.unsaved')}</span>`
              : week.draft &&
                html`
                  <span class="muted">${t('plan.status.drafted', { n: week.draft.revision })}</span>
                `
        }
      </span>
    `;
}

/** @param {any} week @param {Work[]} work */
const bodyOf = (week, work) => ({
    week: week.week,
    work: work.filter(
        (x) => !(week.people.find((/** @type {any} */ p) => p.staff_id === x.staff_id) || {}).guest,
    ),
});

/** The roster in hand: changes, undo, the server's judgement of it. @param {any} week @param {number} index */
function useRoster(week, index) {
    const [work, setWork] = useState(/** @type {Work[]} */ (week.work));
    const [report, setReport] = useState(week.report);
    const [late, setLate] = useState(/** @type {any} */ (null));
    const past = useRef(/** @type {Work[][]} */ ([]));
    const settled = useRef(/** @type {Work[]} */ (week.work));
    const asked = useRef(0);
    const latest = useRef(work);
    latest.current = work;
    const set = (/** @type {Work[]} */ next, done = true) => {
        if (done) {
            past.current = [...past.current.slice(-49), settled.current];
            settled.current = next;
        }
        setWork(next);
    };
    useRest(
        [work],
        () => {
            const n = ++asked.current;
            if (work !== week.work)
                post(outletPath() + '/roster/check', bodyOf(week, work), { tries: 2 })
                    .then((r) => n === asked.current && setReport(r))
                    .catch(toastProblem);
            else setReport(week.report);
        },
        60,
    );
    useRest(
        [work, index],
        () => {
            const d = week.days[index];
            if (d.opens >= d.closes) return setLate(null);
            const mine = work;
            post(outletPath() + '/plan/simulate', {
                day: d.day,
                use: 'work',
                ...only(bodyOf(week, work)),
            })
                .then((r) => mine === latest.current && setLate({ ...r, index }))
                .catch(() => setLate(null));
        },
        250,
    );
    return {
        work,
        report,
        late: late && late.index === index ? late : null,
        set,
        undo: () => {
            const before = past.current.pop();
            if (!before) return;
            settled.current = before;
            setWork(before);
        },
        canUndo: past.current.length > 0,
    };
}
const only = (/** @type {any} */ b) => ({ work: b.work });

/** A usual shift for somebody who has none that day. @param {any} week @param {any} p @param {number} day @returns {Work} */
function newWork(week, p, day) {
    const d = week.days[day];
    const fits = week.patterns.filter(
        (/** @type {any} */ k) => k.from >= d.opens - 30 && k.until <= d.closes + 30,
    );
    const k = fits[0] || { from: d.opens, until: Math.min(d.closes, d.opens + 480) };
    return fitBreak(
        {
            staff_id: p.staff_id,
            day,
            outlet_id: week.outlet_id,
            from: k.from,
            until: k.until,
            break_from: 720,
            break_minutes: k.break_minutes || 0,
            pinned: false,
        },
        week.rules,
    );
}

/** @param {{week: any, again: () => void}} p */
export function Week({ week, again }) {
    const index = Math.max(
        0,
        week.days.findIndex((/** @type {any} */ d) => d.day === dayShown()),
    );
    const r = useRoster(week, index);
    const may = mayChange();
    const dirty = r.work !== week.work;
    const revision = week.draft ? week.draft.revision : 0;
    const job = useJob((result, j) => {
        r.set(result.work);
        toast(
            t(result.state === 'optimal' ? 'plan.solved' : 'plan.solved.best', {
                n: j.seconds.toFixed(1),
            }),
            'ok',
        );
    });
    useEffect(() => {
        const warn = (/** @type {any} */ e) => dirty && e.preventDefault();
        window.addEventListener('beforeunload', warn);
        return () => window.removeEventListener('beforeunload', warn);
    }, [dirty]);
    const replace = (/** @type {Work} */ x, /** @type {boolean} */ done) =>
        r.set(
            r.work.map((w) => (w.staff_id === x.staff_id && w.day === x.day ? x : w)),
            done,
        );
    const save = () =>
        put(outletPath() + '/roster', { ...bodyOf(week, r.work), revision })
            .then(() => {
                toast(t('plan.saved'), 'ok');
                again();
            })
            .catch(toastProblem);
    const publish = async () => {
        const yes = await ask({
            title: t('plan.publish.title'),
            text: t('plan.publish.text', { short: r.report.short_half_hours }),
            yes: t('plan.publish'),
        });
        if (!yes) return;
        try {
            const { version } = await post(outletPath() + '/roster/publish', {
                week: week.week,
                revision,
            });
            toast(t('plan.published', { n: version }), 'ok');
            again();
        } catch (e) {
            toastProblem(e);
        }
    };
    const choose = (/** @type {number} */ d, /** @type {number} [staff] */ staff) => {
        go({ day: week.days[d].day });
        if (staff)
            setTimeout(() => {
                const bar = document.querySelector(`[data-bar="${staff}"]`);
                if (bar) /** @type {any} */ (bar).focus();
            }, 60);
    };
    return html`
      <div class="row toolbar no-print">
        <${Status} week=${week} dirty=${dirty} />
        <span class="grow"></span>
        ${may && html`
          <button
              type="button" class="btn" disabled=${!!job.job} title=${t('plan.solve.hint')}
              onClick=${() => job.start('/roster/solve', { ...bodyOf(week, r.work), seconds: 20 })}>
            ${t('plan.solve')}
          </button>
          <button type="button" class="btn" disabled=${!r.canUndo} onClick=${r.undo}>
            ${t('plan.undo')}
          </button>
          <button type="button" class="btn btn-primary" disabled=${!dirty} onClick=${save}>
            ${t('plan.save')}
          </button>
          <button
              type="button" class="btn"
              disabled=${dirty || !week.draft || r.report.broken_rules > 0} onClick=${publish}>
            ${t('plan.publish')}
          </button>
        `}
        <button type="button" class="btn" onClick=${() => window.print()}>
          ${t('plan.print')}
        </button>
      </div>
      <${JobBar} job=${job.job} stop=${job.stop} />
      <${Judged} week=${week} report=${r.report} />
      <${Grid} week=${week} work=${r.work} report=${r.report} index=${index} choose=${choose} />
      ${
        week.days[index].opens < week.days[index].closes
            ? html`
                <${Gantt}
                    week=${week} index=${index} work=${r.work} report=${r.report} late=${r.late}
                    fixed=${!may} change=${replace} undo=${r.undo}
                    add=${(/** @type {any} */ p) => r.set([...r.work, newWork(week, p, index)])}
                    remove=${(/** @type {Work} */ x) => r.set(r.work.filter((w) => w !== x))}
                    title=${t('plan.gantt', {
                        day: dayName(week.days[index].day) + ' ' + week.days[index].day,
                    })} />
              `
            : html`<p class="empty no-print">${t('plan.closed')}</p>`
      }
    `;
}
