// planner-gantt.js -- A day's shifts as bars that are dragged or moved by keys, and what they cover.
import { html, useRef } from './vendor.js';
import { pick, t } from './texts.js';
import { outlets } from './staff.js';
import { hm, percent } from './planner-base.js';

/** @typedef {import('./planner-base.js').Work} Work */
const STEP = 30,
    SHORTEST = 60;

/** The axis of a day: whole half-hours around the opening hours and whatever is rostered. @param {any} day @param {Work[]} work */
export function axisOf(day, work) {
    let from = day.opens,
        until = day.closes;
    for (const x of work) {
        from = Math.min(from, x.from);
        until = Math.max(until, x.until);
    }
    from = Math.floor(from / 60) * 60;
    until = Math.ceil(until / 60) * 60;
    return { from, until, slots: (until - from) / STEP };
}

/** The break stays inside, and a long shift has one. @param {Work} x @param {any} rules @returns {Work} */
export function fitBreak(x, rules) {
    let { break_from, break_minutes } = x;
    const length = x.until - x.from;
    if (length > rules.break_after && break_minutes < rules.break_minutes) {
        break_minutes = 60;
        break_from = Math.round((x.from + length / 2 - 30) / STEP) * STEP;
    }
    if (length < 180) break_minutes = 0;
    if (!break_minutes) return { ...x, break_from: 0, break_minutes: 0 };
    const low = x.from + STEP,
        high = x.until - break_minutes - STEP;
    return { ...x, break_minutes, break_from: Math.max(low, Math.min(high, break_from)) };
}

/** One change of a shift. @param {Work} x @param {string} part @param {number} by minutes @param {any} axis @param {any} rules */
export function changed(x, part, by, axis, rules) {
    if (part === 'move') {
        const d = Math.max(axis.from - x.from, Math.min(axis.until - x.until, by));
        return { ...x, from: x.from + d, until: x.until + d, break_from: x.break_from + d };
    }
    if (part === 'from')
        return fitBreak(
            { ...x, from: Math.max(axis.from, Math.min(x.until - SHORTEST, x.from + by)) },
            rules,
        );
    if (part === 'until')
        return fitBreak(
            { ...x, until: Math.min(axis.until, Math.max(x.from + SHORTEST, x.until + by)) },
            rules,
        );
    return fitBreak({ ...x, break_from: x.break_from + by }, rules);
}

/** @param {any} p @param {Work} x */
export const barText = (p, x) =>
    t('plan.bar', { name: p.name, from: hm(x.from), until: hm(x.until) }) +
    (x.break_minutes
        ? t('plan.bar.break', { from: hm(x.break_from), until: hm(x.break_from + x.break_minutes) })
        : '') +
    (x.pinned ? t('plan.bar.pinned') : '');

/**
 * @param {{person: any, work: Work, axis: any, rules: any, bad: boolean, change: (x: Work, done: boolean) => void,
 *   remove: () => void, undo: () => void, fixed: boolean, where: string}} p where: the outlet she is lent to
 */
function Bar({ person, work: x, axis, rules, bad, change, remove, undo, fixed, where }) {
    const drag = useRef(/** @type {any} */ (null));
    const span = axis.until - axis.from;
    const place = (/** @type {number} */ a, /** @type {number} */ b) => ({
        left: ((a - axis.from) / span) * 100 + '%',
        width: ((b - a) / span) * 100 + '%',
    });
    const down = (/** @type {any} */ e) => {
        if (fixed || e.button) return;
        const lane = e.currentTarget.parentElement.getBoundingClientRect();
        drag.current = {
            x: e.clientX,
            part: e.target.dataset.part || 'move',
            per: span / lane.width,
            was: x,
            now: x,
        };
        e.currentTarget.setPointerCapture(e.pointerId);
    };
    const move = (/** @type {any} */ e) => {
        const d = drag.current;
        if (!d) return;
        const by = Math.round(((e.clientX - d.x) * d.per) / STEP) * STEP;
        const now = changed(d.was, d.part, by, axis, rules);
        if (JSON.stringify(now) !== JSON.stringify(d.now)) change((d.now = now), false);
    };
    const up = () => {
        const d = drag.current;
        drag.current = null;
        if (d && d.now !== d.was) change(d.now, true);
    };
    const key = (/** @type {any} */ e) => {
        const by = e.key === 'ArrowLeft' ? -STEP : e.key === 'ArrowRight' ? STEP : 0;
        if (fixed) return;
        if (by)
            change(
                changed(x, e.shiftKey ? 'until' : e.altKey ? 'break' : 'move', by, axis, rules),
                true,
            );
        else if (e.key === 'Delete' || e.key === 'Backspace') remove();
        else if (e.key === 'p' || e.key === 'P') change({ ...x, pinned: !x.pinned }, true);
        else if ((e.ctrlKey || e.metaKey) && e.key === 'z') undo();
        else return;
        e.preventDefault();
    };
    const label = barText(person, x) + (where ? ' → ' + where : '');
    return html`
      <button
          type="button" data-bar=${person.staff_id}
          class=${
            'bar' +
            (bad ? ' bar-bad' : '') +
            (x.pinned ? ' bar-pinned' : '') +
            (fixed ? ' bar-fixed' : '')
          }
          style=${place(x.from, x.until)} aria-label=${label} title=${label} onPointerDown=${down}
          onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} onKeyDown=${key}>
        <span class="bar-end bar-from" data-part="from"></span>
        <span class="bar-text num" data-part="move">
          ${hm(x.from)}–${hm(x.until)}${x.pinned ? ' ◆' : ''}${where && ' → ' + where}
        </span>
        ${x.break_minutes > 0 && html`
          <span
              class="bar-break" data-part="break"
              style=${{
                  left: ((x.break_from - x.from) / (x.until - x.from)) * 100 + '%',
                  width: (x.break_minutes / (x.until - x.from)) * 100 + '%',
              }}></span>
        `}
        <span class="bar-end bar-until" data-part="until"></span>
      </button>
    `;
}

/** The half-hours below: needed, at work, late. @param {{day: any, axis: any, cover: any, late: any}} p */
function Cover({ day, axis, cover, late }) {
    const need = day.need.personal.map(
        (/** @type {number} */ n, /** @type {number} */ i) => n + day.need.corporate[i],
    );
    const slots = Array.from({ length: axis.slots }, (_, i) => axis.from / STEP + i);
    const lateOf = new Map((late ? late.slots : []).map((/** @type {any} */ s) => [s.slot, s]));
    const cell = (/** @type {number} */ s) => {
        const have = cover.at_work[s],
            short = cover.missing[s];
        const open = s * STEP >= day.opens && s * STEP < day.closes;
        return html`
          <td
              key=${s}
              class=${
                'num ' +
                (short > 0
                    ? 'cov-short'
                    : need[s] && have > need[s]
                      ? 'cov-more'
                      : need[s]
                        ? 'cov-ok'
                        : 'cov-none')
              }
              title=${t('plan.cover.cell', { time: hm(s * STEP), have, want: need[s], short })}>
            ${open || have ? have : ''}
          </td>
        `;
    };
    return html`
      <div class="cover-wrap">
        <table class="cover">
          <caption class="sr-only">${t('plan.table')}</caption>
          <thead>
            <tr>
              <td></td>
              ${slots.map(
                  (s) => html`
                    <th key=${s} scope="col" class="num tiny">
                      ${s % 2 ? html`<span class="sr-only">${hm(s * STEP)}</span>` : hm(s * STEP)}
                    </th>
                  `,
              )}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">${t('plan.need.row')}</th>
              ${slots.map((s) => html`<td key=${s} class="num">${need[s] || ''}</td>`)}
            </tr>
            <tr><th scope="row">${t('plan.work.row')}</th>${slots.map(cell)}</tr>
            <tr>
              <th
                  scope="row"
                  title=${late ? t('plan.late.hint', { n: late.within_minutes }) : undefined}>
                ${t('plan.late.row')}
              </th>
              ${slots.map((s) => {
                  const l = lateOf.get(s);
                  return html`
                    <td
                        key=${s}
                        class=${'num tiny ' + (l && l.late > late.promised ? 'cov-late' : '')}>
                      ${l ? Math.round(l.late * 100) : ''}
                    </td>
                  `;
              })}
            </tr>
          </tbody>
        </table>
        ${late && html`
          <p class="small muted">
            ${t('plan.late.hint', { n: late.within_minutes })} · ${t('plan.cert.whole')}
            <strong class="num"> ${percent(late.whole.late)}</strong>
          </p>
        `}
      </div>
    `;
}

/**
 * Where those work this day who may be lent: here, or at another outlet, whose roster then shows them as guests.
 * @param {{week: any, mine: Work[], change: (x: Work, done: boolean) => void}} p
 */
function Lend({ week, mine, change }) {
    const people = week.people.filter(
        (/** @type {any} */ p) => p.lend && !p.guest && mine.some((x) => x.staff_id === p.staff_id),
    );
    const places = (outlets.value || []).filter((o) => o.id !== week.outlet_id);
    if (!people.length || !places.length) return null;
    return html`
      <fieldset class="lend no-print">
        <legend>${t('plan.lend')}</legend>
        ${people.map((/** @type {any} */ p) => {
            const x = /** @type {Work} */ (mine.find((w) => w.staff_id === p.staff_id));
            return html`
              <label key=${p.staff_id} class="row-s">
                <span>${p.name} <span class="num">${hm(x.from)}–${hm(x.until)}</span></span>
                <select
                    class="select select-auto" value=${x.outlet_id}
                    onChange=${(/** @type {any} */ e) =>
                        change({ ...x, outlet_id: Number(e.target.value) }, true)}>
                  <option value=${week.outlet_id} selected=${x.outlet_id === week.outlet_id}>
                    ${t('plan.lend.here')}
                  </option>
                  ${places.map(
                      (o) => html`
                        <option key=${o.id} value=${o.id} selected=${o.id === x.outlet_id}>
                          ${pick(o)}
                        </option>
                      `,
                  )}
                </select>
              </label>
            `;
        })}
      </fieldset>
    `;
}

/**
 * @param {{week: any, index: number, work: Work[], report: any, late: any, fixed: boolean,
 *   change: (x: Work, done: boolean) => void, add: (person: any) => void,
 *   remove: (x: Work) => void, undo: () => void, title: string}} p
 */
export function Gantt({
    week,
    index,
    work,
    report,
    late,
    fixed,
    change,
    add,
    remove,
    undo,
    title,
}) {
    const day = week.days[index],
        mine = work.filter((x) => x.day === index),
        axis = axisOf(day, mine);
    const bad = new Set(
        report.faults
            .filter((/** @type {any} */ f) => f.hard && f.day === index)
            .map((/** @type {any} */ f) => f.staff_id),
    );
    return html`
      <section class="card gantt" aria-labelledby="gantt-title">
        <div class="card-head"><h2 id="gantt-title">${title}</h2></div>
        ${!fixed && html`<p class="tiny muted gantt-help">${t('plan.gantt.help')}</p>`}
        <div class="lanes">
          ${week.people.map((/** @type {any} */ p) => {
              const x = mine.find((w) => w.staff_id === p.staff_id);
              const away = x && x.outlet_id !== week.outlet_id;
              const there = away && (outlets.value || []).find((o) => o.id === x.outlet_id);
              return html`
                <div key=${p.staff_id} class="lane-row">
                  <span class="lane-name">
                    ${p.name}
                    ${p.guest && html`<span class="badge badge-info">${t('plan.guest')}</span>`}
                    ${p.corporate && html`
                      <span class="lane-skill">${t('plan.skill.corporate')}</span>
                    `}
                  </span>
                  <span class="lane">
                    ${
                      x
                          ? html`
                              <${Bar}
                                  person=${p} work=${x} axis=${axis} rules=${week.rules}
                                  bad=${bad.has(p.staff_id)} change=${change}
                                  remove=${() => remove(x)} undo=${undo}
                                  fixed=${fixed || p.guest || away}
                                  where=${there && !p.guest ? pick(there) : ''} />
                            `
                          : p.absent[index]
                            ? html`<span class="lane-off">${t('plan.absent')}</span>`
                            : !fixed &&
                              !p.guest &&
                              html`
                                <button
                                    type="button" class="lane-add"
                                    aria-label=${t('plan.add', { name: p.name })}
                                    onClick=${() => add(p)}>
                                  +
                                </button>
                              `
                    }
                  </span>
                </div>
              `;
          })}
        </div>
        <${Cover} day=${day} axis=${axis} cover=${report.cover[index]} late=${late} />
        ${!fixed && html`<${Lend} week=${week} mine=${mine} change=${change} />`}
      </section>
    `;
}
