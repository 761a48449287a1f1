// admin-settings.js -- The calling rule with a helper that writes it, and the outlet's limits.
import { html, useEffect, useState } from './vendor.js';
import { t, pick, has } from './texts.js';
import { get, Problem } from './api.js';
import { Field, Select } from './ui.js';
import { Choice } from './staff.js';
import { BASES, durationOf, emptyRule, minutesOf, parseRule, printRule } from './rule.js';
import { Check, SaveBar, saved, useSave } from './admin-base.js';

/** What the text says, checked here at once and by the server a moment later. @param {string} text @param {string[]} codes @param {string} url */
export function useRuleCheck(text, codes, url) {
    const local = parseRule(text, codes);
    const [server, setServer] = useState({ text: '', error: '' });
    useEffect(() => {
        if (!url || !text.trim()) return undefined;
        const timer = setTimeout(async () => {
            try {
                await get(url + '?rule=' + encodeURIComponent(text));
                setServer({ text, error: '' });
            } catch (e) {
                const p = /** @type {Problem} */ (e);
                setServer({ text, error: p.field === 'rule' ? p.detail || p.title : '' });
            }
        }, 400);
        return () => clearTimeout(timer);
    }, [text, url]);
    /* the server's word counts; until it is there, what the form itself does not understand */
    const known = server.text === text;
    const error = known
        ? server.error
        : local.problem && codes.length
          ? t('admin.rule.bad.' + local.problem, { word: local.word })
          : '';
    return { rule: local.rule, error };
}

/** @param {{settings: any, outlet: any, o: number, reload: () => void}} p */
export function RuleForm({ settings, outlet, o, reload }) {
    const [text, setText] = useState(settings.rule);
    const { save, busy, error } = useSave();
    const codes = outlet.classes.map((/** @type {any} */ c) => c.code);
    const check = useRuleCheck(text, codes, `/api/outlets/${o}/rule-check`);
    const dirty = text !== settings.rule;
    const go = async () => {
        if (await save('PUT', `/api/outlets/${o}/settings`, { ...settings, rule: text })) {
            saved();
            reload();
        }
    };
    return html`
      <div class="stack">
        <p class="muted">${t('admin.rule.hint')}</p>
        ${
          check.rule || !text.trim()
              ? html`
                  <${RuleBuilder}
                      rule=${check.rule || emptyRule()} outlet=${outlet}
                      onRule=${(/** @type {any} */ r) => setText(printRule(r))} />
                `
              : html`
                  <div class="banner banner-warn">
                    ${t('admin.rule.textonly')} <button
                        type="button" class="btn btn-small"
                        onClick=${() => setText('fcfs; courtesy first')}>
                      ${t('admin.rule.anew')}
                    </button>
                  </div>
                `
        }
        <section class="card stack" aria-labelledby="rule-text">
          <h2 id="rule-text">${t('admin.rule.text')}</h2>
          <${Field}
              label=${t('admin.rule.line')} type="textarea" value=${text}
              onInput=${(/** @type {string} */ v) => setText(v.replace(/\s*\n\s*/g, ' '))}
              error=${error('rule') || check.error} hint=${t('admin.rule.line.hint')}
              class="field-code" maxlength=${319} />
        </section>
        <${SaveBar}
            dirty=${dirty} busy=${busy} ready=${!check.error} onSave=${go}
            onDrop=${() => setText(settings.rule)} />
      </div>
    `;
}

/** @param {{rule: import("./rule.js").Rule, outlet: any, onRule: (r: import("./rule.js").Rule) => void}} p */
function RuleBuilder({ rule, outlet, onRule }) {
    const set = (/** @type {any} */ more) => onRule({ ...rule, ...more });
    const classes = [...outlet.classes].sort((a, b) => a.index - b.index);
    const first = (/** @type {string} */ base) => ({
        ...(base === 'head' && !Object.keys(rule.head).length
            ? {
                  head: Object.fromEntries(
                      classes.filter((c) => c.mid_high).map((c) => [c.code, '5m']),
                  ),
              }
            : {}),
        ...(base === 'accumulate' && !Object.keys(rule.rate).length
            ? { rate: Object.fromEntries(classes.map((c) => [c.code, c.mid_high ? '2' : '1'])) }
            : {}),
        ...(base === 'ratio' && !Object.keys(rule.turns).length
            ? { turns: Object.fromEntries(classes.map((c) => [c.code, '1'])) }
            : {}),
    });
    const field =
        rule.base === 'head'
            ? 'head'
            : rule.base === 'accumulate'
              ? 'rate'
              : rule.base === 'ratio'
                ? 'turns'
                : '';
    const values = field ? /** @type {any} */ (rule)[field] : {};
    const queues = [
        { value: 'any', text: t('admin.when.any') },
        ...classes.map((c) => ({ value: 'class:' + c.code, text: pick(c) })),
        ...outlet.services.map((/** @type {any} */ s) => ({
            value: 'service:' + s.prefix,
            text: s.prefix + ' ' + pick(s),
        })),
    ];
    return html`
      <section class="card stack rule-builder" aria-label=${t('admin.rule.builder')}>
        <${Choice}
            label=${t('admin.rule.base')} value=${rule.base} digits=${false} columns
            onInput=${(/** @type {string} */ b) => set({ base: b, ...first(b) })}
            options=${BASES.map((b) => ({
                value: b,
                text: html`<strong>${t('admin.base.' + b)}</strong>`,
                hint: html`<br />${t('admin.base.' + b + '.text')}`,
            }))} />
        ${field && html`
          <fieldset class="stack-s">
            <legend>${t('admin.rule.' + field)}</legend>
            <div class="rule-values">
              ${classes.map(
                  (c) => html`
                    <${Field}
                        key=${c.code} label=${pick(c)} type="number" min="0"
                        step=${field === 'turns' ? 1 : 'any'}
                        value=${field === 'head' ? minutesOf(values[c.code]) : values[c.code] || ''}
                        onInput=${(/** @type {string} */ v) =>
                            set({
                                [field]: {
                                    ...values,
                                    [c.code]: field === 'head' ? durationOf(v) : v,
                                },
                            })} />
                  `,
              )}
            </div>
          </fieldset>
        `}
        <div class="grid-2">
          <div class="stack-s">
            <${Check}
                label=${t('admin.rule.finally')} hint=${t('admin.rule.finally.hint')}
                checked=${!!rule.finally}
                onInput=${(/** @type {boolean} */ v) => set({ finally: v ? '40m' : '' })} />
            ${rule.finally && html`
              <${Field}
                  label=${t('admin.rule.finally.min')} type="number" min="1"
                  value=${minutesOf(rule.finally)}
                  onInput=${(/** @type {string} */ v) => set({ finally: durationOf(v) || '1m' })}
                  class="field-short" />
            `}
            <${Check}
                label=${t('admin.rule.prefer')} hint=${t('admin.rule.prefer.hint')}
                checked=${rule.prefer} onInput=${(/** @type {boolean} */ v) => set({ prefer: v })} />
          </div>
          <div class="stack-s">
            <${Select}
                label=${t('admin.rule.courtesy')} value=${rule.courtesy}
                onInput=${(/** @type {string} */ v) => set({ courtesy: v })}
                options=${['first', 'head', 'off'].map((v) => ({
                    value: v,
                    text: t('admin.courtesy.' + v),
                }))} />
            ${rule.courtesy === 'head' && html`
              <${Field}
                  label=${t('admin.rule.courtesy.min')} type="number" min="1"
                  value=${minutesOf(rule.courtesy_head)}
                  onInput=${(/** @type {string} */ v) =>
                      set({ courtesy_head: durationOf(v) || '1m' })}
                  class="field-short" />
            `}
          </div>
        </div>
        <fieldset class="stack-s">
          <legend>${t('admin.rule.whens')}</legend>
          ${rule.whens.map((w, i) => {
              const change = (/** @type {any} */ more) =>
                  set({ whens: rule.whens.map((x, n) => (n === i ? { ...x, ...more } : x)) });
              const select = (
                  /** @type {string} */ label,
                  /** @type {string} */ value,
                  /** @type {any[]} */ options,
                  /** @type {(v: string) => void} */ on,
              ) =>
                  html`
                    <select
                        class="select select-auto" aria-label=${t(label)} value=${value}
                        onChange=${(/** @type {any} */ e) => on(e.target.value)}>
                      ${options.map(
                          (x) =>
                              html`
                                <option
                                    key=${x.value} value=${x.value} selected=${x.value === value}>
                                  ${x.text}
                                </option>
                              `,
                      )}
                    </select>
                  `;
              return html`
                <div key=${i} class="when-row">
                  <span>${t('admin.when')}</span>
                  ${select('admin.when.watch', w.watch, queues, (v) => change({ watch: v }))}
                  ${select(
                      'admin.when.by',
                      w.by,
                      ['count', 'wait'].map((v) => ({ value: v, text: t('admin.when.' + v) })),
                      (v) => change({ by: v, more: v === 'wait' ? '15m' : '3' }),
                  )}
                  <input
                      class="input in-xs" type="number" min="1" aria-label=${t('admin.when.more')}
                      value=${w.by === 'wait' ? minutesOf(w.more) : w.more}
                      onInput=${(/** @type {any} */ e) =>
                          e.target.value &&
                          change({
                              more:
                                  w.by === 'wait'
                                      ? durationOf(e.target.value) || '1m'
                                      : e.target.value,
                          })} />
                  <span>
                    ${t(w.by === 'wait' ? 'fig.minutes' : 'admin.when.people')}
                    ${t('admin.when.then')}
                  </span>
                  ${select('admin.when.call', w.call, queues, (v) => change({ call: v }))}
                  <button
                      type="button" class="btn btn-small btn-quiet"
                      onClick=${() => set({ whens: rule.whens.filter((_, n) => n !== i) })}>
                    ${t('admin.remove')}
                  </button>
                </div>
              `;
          })}
          ${rule.whens.length < 6 && html`
            <div>
              <button
                  type="button" class="btn btn-small"
                  onClick=${() =>
                      set({
                          whens: [
                              ...rule.whens,
                              {
                                  watch: queues[1].value,
                                  by: 'count',
                                  more: '3',
                                  call: queues[1].value,
                              },
                          ],
                      })}>
                ${t('admin.when.add')}
              </button>
            </div>
          `}
        </fieldset>
      </section>
    `;
}

/* ---- limits: recall, undo, alarms, appointments, printer ---- */

/** group, then [path, unit factor]; shown = stored / factor @type {[string, [string, number, number, number][]][]} */
const GROUPS = [
    [
        'calls',
        [
            ['recall_min_s', 1, 0, 600],
            ['recall_max', 1, 0, 20],
            ['undo_s', 1, 0, 600],
            ['notify_ahead', 1, 0, 50],
        ],
    ],
    [
        'alarms',
        [
            ['alarm_wait_s', 60, 1, 240],
            ['alarm_count', 1, 1, 1000],
            ['idle_alarm_s', 60, 0.2, 120],
        ],
    ],
    [
        'booking',
        [
            ['booking.days_ahead', 1, 0, 60],
            ['booking.min_notice_s', 60, 0, 2880],
            ['booking.slot_s', 60, 5, 240],
            ['booking.capacity', 1, 0, 200],
            ['booking.early_s', 60, 0, 120],
            ['booking.late_s', 60, 0, 120],
            ['booking.per_customer_max', 1, 1, 20],
            ['booking.missed_max', 1, 1, 20],
        ],
    ],
];
const at = (/** @type {any} */ o, /** @type {string} */ path) =>
    path.split('.').reduce((x, k) => (x ? x[k] : undefined), o);
/** @param {any} o @param {string} path @param {any} v */
const put = (o, path, v) => {
    const [a, b] = path.split('.');
    return b ? { ...o, [a]: { ...o[a], [b]: v } } : { ...o, [a]: v };
};

/** @param {{settings: any, o: number, reload: () => void}} p */
export function Limits({ settings, o, reload }) {
    const [s, setS] = useState(settings);
    const { save, busy, error } = useSave();
    const dirty = JSON.stringify(s) !== JSON.stringify(settings);
    const bad = (
        /** @type {string} */ path,
        /** @type {number} */ f,
        /** @type {number} */ min,
        /** @type {number} */ max,
    ) => {
        const v = at(s, path) / f;
        return Number.isFinite(v) && v >= min && v <= max ? '' : t('admin.range', { min, max });
    };
    const ready = GROUPS.every(([, rows]) => rows.every(([p, f, a, b]) => !bad(p, f, a, b)));
    const go = async () => {
        if (await save('PUT', `/api/outlets/${o}/settings`, s)) {
            saved();
            reload();
        }
    };
    useEffect(() => setS(settings), [settings]);
    return html`
      <div class="stack">
        ${GROUPS.map(
            ([name, rows]) => html`
              <section key=${name} class="card stack" aria-labelledby=${'g-' + name}>
                <h2 id=${'g-' + name}>${t('admin.limits.' + name)}</h2>
                <div class="limit-grid">
                  ${rows.map(
                      ([path, f, min, max]) => html`
                        <${Field}
                            key=${path} label=${t('admin.set.' + path)}
                            hint=${
                              has('admin.set.' + path + '.hint')
                                  ? t('admin.set.' + path + '.hint')
                                  : ''
                            }
                            type="number" min=${min} max=${max} step="any"
                            value=${Number.isFinite(at(s, path)) ? String(at(s, path) / f) : ''}
                            onInput=${(/** @type {string} */ v) =>
                                setS(put(s, path, v === '' ? NaN : Math.round(Number(v) * f)))}
                            error=${
                              error(path) ||
                              error(path.split('.').pop() || '') ||
                              bad(path, f, min, max)
                            } />
                      `,
                  )}
                </div>
              </section>
            `,
        )}
        <section class="card stack" aria-labelledby="g-other">
          <h2 id="g-other">${t('admin.limits.other')}</h2>
          <${Check}
              label=${t('admin.set.carry_over')} hint=${t('admin.set.carry_over.hint')}
              checked=${!!s.carry_over}
              onInput=${(/** @type {boolean} */ v) => setS({ ...s, carry_over: v })} />
          <${Field}
              label=${t('admin.set.printer')} hint=${t('admin.set.printer.hint')}
              value=${s.printer || ''}
              onInput=${(/** @type {string} */ v) => setS({ ...s, printer: v })}
              error=${error('printer')} placeholder="tcp:127.0.0.1:9100" class="field-code" />
        </section>
        <${SaveBar}
            dirty=${dirty} busy=${busy} ready=${ready} onSave=${go} onDrop=${() => setS(settings)} />
      </div>
    `;
}
