// planner-people.js -- Contracts, absences, rules: what a roster has to keep.
import { html, useEffect, useState } from './vendor.js';
import { t } from './texts.js';
import { get, post, put, send } from './api.js';
import { Field, toast, toastProblem } from './ui.js';
import { hm, mayChange, outletPath, today } from './planner-base.js';

const LIKES = ['early', 'either', 'late'];

/** @param {{p: any, sums: any, may: boolean, again: () => void}} x */
function Contract({ p, sums, may, again }) {
    const [c, setC] = useState({
        min: String(p.minutes_min / 60),
        max: String(p.minutes_max / 60),
        skill: p.personal && p.corporate ? 'both' : p.corporate ? 'corporate' : 'personal',
        likes: LIKES[p.likes + 1],
        lend: p.lend,
    });
    const save = (/** @type {any} */ change) => {
        const n = { ...c, ...change };
        setC(n);
        put(outletPath() + '/contracts/' + p.staff_id, {
            minutes_min: Math.round(Number(n.min) * 60),
            minutes_max: Math.round(Number(n.max) * 60),
            personal: n.skill !== 'corporate',
            corporate: n.skill !== 'personal',
            likes: LIKES.indexOf(n.likes) - 1,
            lend: n.lend,
        })
            .then(() => {
                toast(t('plan.contract.saved', { name: p.name }), 'ok');
                again();
            })
            .catch(toastProblem);
    };
    const number = (/** @type {'min'|'max'} */ key) => html`
      <input
          class="input input-short num" type="number" min="0" max="60" step="1"
          aria-label=${p.name + ' ' + t('plan.contract.' + key)} value=${c[key]} disabled=${!may}
          onChange=${(/** @type {any} */ e) => save({ [key]: e.target.value })} />
    `;
    const choice = (
        /** @type {'skill'|'likes'} */ key,
        /** @type {string} */ label,
        /** @type {string[]} */ values,
        /** @type {string} */ prefix,
    ) => html`
      <select
          class="select select-auto" aria-label=${p.name + ' ' + label} value=${c[key]}
          disabled=${!may} onChange=${(/** @type {any} */ e) => save({ [key]: e.target.value })}>
        ${values.map(
            (v) =>
                html`
                  <option key=${v} value=${v} selected=${v === c[key]}>${t(prefix + v)}</option>
                `,
        )}
      </select>
    `;
    return html`
      <tr>
        <th scope="row" class="nowrap">${p.name}</th>
        <td>
          ${choice(
              'skill',
              t('plan.contract.skills'),
              ['personal', 'corporate', 'both'],
              'plan.skill.',
          )}
        </td>
        <td>${number('min')}</td>
        <td>${number('max')}</td>
        <td>${choice('likes', t('plan.contract.likes'), LIKES, 'plan.likes.')}</td>
        <td class="center">
          <input
              type="checkbox" aria-label=${p.name + ' ' + t('plan.contract.lend')} checked=${c.lend}
              disabled=${!may}
              onChange=${(/** @type {any} */ e) => save({ lend: e.target.checked })} />
        </td>
        <td class="num right nowrap">
          ${t('plan.hours', { n: Math.round(sums.minutes / 6) / 10 })}
        </td>
        <td class="num right nowrap">${sums.early}/${sums.late}/${sums.weekend}</td>
      </tr>
    `;
}

/** @param {{week: any, may: boolean, again: () => void}} x */
function Absences({ week, may, again }) {
    const [list, setList] = useState(/** @type {any[]|null} */ (null));
    const [n, setN] = useState(0);
    const own = week.people.filter((/** @type {any} */ p) => !p.guest);
    const [a, setA] = useState({
        staff_id: own.length ? own[0].staff_id : 0,
        from: today(),
        until: today(),
        kind: 'leave',
        note: '',
    });
    const set = (/** @type {any} */ x) => setA({ ...a, ...x });
    useEffect(() => {
        if (may)
            get(outletPath() + '/absences')
                .then((x) => setList(x.items))
                .catch(toastProblem);
    }, [n]);
    const add = (/** @type {any} */ e) => {
        e.preventDefault();
        post(outletPath() + '/absences', a)
            .then(() => {
                toast(t('plan.absence.added'), 'ok');
                setN(n + 1);
                again();
            })
            .catch(toastProblem);
    };
    const remove = (/** @type {number} */ id) =>
        send('DELETE', outletPath() + '/absences/' + id)
            .then(() => {
                toast(t('plan.absence.removed'), 'ok');
                setN(n + 1);
                again();
            })
            .catch(toastProblem);
    if (!may) return null;
    return html`
      <section class="card stack" aria-labelledby="absent-title">
        <h2 id="absent-title">${t('plan.absences')}</h2>
        ${list && list.length === 0 && html`<p class="muted">${t('plan.absence.none')}</p>`}
        <ul class="absence-list">
          ${(list || []).map(
              (x) => html`
                <li key=${x.id} class="row">
                  <strong>${x.name}</strong>
                  <span class="num">${x.from}${x.until !== x.from ? ' – ' + x.until : ''}</span>
                  <span class="badge">${t('absence.' + x.kind)}</span>
                  <span class="small muted grow">${x.note}</span>
                  <button
                      type="button" class="btn btn-small"
                      aria-label=${t('plan.absence.remove') + ' ' + x.name + ' ' + x.from}
                      onClick=${() => remove(x.id)}>
                    ${t('plan.absence.remove')}
                  </button>
                </li>
              `,
          )}
        </ul>
        <form class="absence-form" onSubmit=${add}>
          <label class="stack-s">
            <span class="small">${t('plan.name')}</span>
            <select
                class="select" value=${a.staff_id}
                onChange=${(/** @type {any} */ e) => set({ staff_id: Number(e.target.value) })}>
              ${own.map(
                  (/** @type {any} */ p) =>
                      html`<option key=${p.staff_id} value=${p.staff_id}>${p.name}</option>`,
              )}
            </select>
          </label>
          <${Field}
              label=${t('plan.absence.from')} type="date" value=${a.from}
              onInput=${(/** @type {string} */ v) =>
                  set({ from: v, until: v > a.until ? v : a.until })} />
          <${Field}
              label=${t('plan.absence.until')} type="date" value=${a.until} min=${a.from}
              onInput=${(/** @type {string} */ v) => set({ until: v })} />
          <label class="stack-s">
            <span class="small">${t('plan.absence.kind')}</span>
            <select
                class="select" value=${a.kind}
                onChange=${(/** @type {any} */ e) => set({ kind: e.target.value })}>
              ${['leave', 'sick', 'training', 'other'].map(
                  (k) => html`<option key=${k} value=${k}>${t('absence.' + k)}</option>`,
              )}
            </select>
          </label>
          <${Field}
              label=${t('plan.absence.note')} value=${a.note} maxlength=${40}
              onInput=${(/** @type {string} */ v) => set({ note: v })} />
          <button type="submit" class="btn btn-primary">${t('plan.absence.add')}</button>
        </form>
      </section>
    `;
}

const RULES = [
    ['rest_minutes', 60],
    ['days_in_row', 1],
    ['min_people', 1],
    ['break_after', 60],
    ['shift_max', 60],
];

/** @param {{week: any, may: boolean, again: () => void}} x */
function Rules({ week, may, again }) {
    const save = (/** @type {string} */ key, /** @type {number} */ n) =>
        put(outletPath() + '/roster/rules', { [key]: n })
            .then(() => {
                toast(t('plan.rules.saved'), 'ok');
                again();
            })
            .catch(toastProblem);
    return html`
      <section class="card stack" aria-labelledby="rules-title">
        <h2 id="rules-title">${t('plan.rules')}</h2>
        <div class="stack-s">
          ${RULES.map(
              ([key, per]) => html`
                <label key=${key} class="rule-row">
                  <span>${t('plan.rule.' + key)}</span>
                  <input
                      class="input input-short num" type="number" min="0" max="24"
                      value=${week.rules[key] / Number(per)} disabled=${!may}
                      onChange=${(/** @type {any} */ e) =>
                          save(String(key), Math.round(Number(e.target.value) * Number(per)))} />
                </label>
              `,
          )}
        </div>
        <h3>${t('plan.patterns')}</h3>
        <ul class="stack-s">
          ${week.patterns.map(
              (/** @type {any} */ p) => html`
                <li key=${p.code} class="row num">
                  <strong>${t('pattern.' + p.code)}</strong> ${hm(p.from)}–${hm(p.until)}
                  ${p.break_minutes > 0 && html`
                    <span class="muted">
                      ${hm(p.break_from)}–${hm(p.break_until)} · ${t('plan.min', {
                          n: p.break_minutes,
                      })}
                    </span>
                  `}
                </li>
              `,
          )}
        </ul>
      </section>
    `;
}

/** @param {{week: any, again: () => void}} p */
export function People({ week, again }) {
    const may = mayChange();
    const sums = new Map(week.report.people.map((/** @type {any} */ p) => [p.staff_id, p]));
    return html`
      <div class="card">
        <h2 id="contracts-title">${t('plan.contracts')}</h2>
        <div class="table-wrap" tabindex="0" role="region" aria-labelledby="contracts-title">
          <table class="table table-tight">
            <thead>
              <tr>
                <th scope="col">${t('plan.name')}</th>
                <th scope="col">${t('plan.contract.skills')}</th>
                <th scope="col">${t('plan.contract.min')}</th>
                <th scope="col">${t('plan.contract.max')}</th>
                <th scope="col">${t('plan.contract.likes')}</th>
                <th scope="col">${t('plan.contract.lend')}</th>
                <th scope="col" class="right">${t('plan.week.hours')}</th>
                <th scope="col" class="right">${t('plan.turns')}</th>
              </tr>
            </thead>
            <tbody>
              ${week.people
                  .filter((/** @type {any} */ p) => !p.guest)
                  .map(
                      (/** @type {any} */ p) => html`
                        <${Contract}
                            key=${p.staff_id} p=${p} may=${may} again=${again}
                            sums=${sums.get(p.staff_id)} />
                      `,
                  )}
            </tbody>
          </table>
        </div>
      </div>
      <div class="two-grid">
        <${Absences} week=${week} may=${may} again=${again} />
        <${Rules} week=${week} may=${may} again=${again} />
      </div>
    `;
}
