// counter-standing.js -- Standing orders of the chosen account: seen, made, paused, ended.
import { html, useEffect, useState } from './vendor.js';
import { t } from './texts.js';
import { get, patch } from './api.js';
import { Field, Loading, Select, ask, toast, toastProblem } from './ui.js';
import { Scroll } from './table.js';
import { now } from './live.js';
import { dateOf, addDays } from './format.js';
import { amount, typedAmount } from './amount.js';
import {
    account,
    AmountField,
    PayeeField,
    busy,
    grouped,
    usePayee,
    useProblem,
} from './counter-base.js';
import { AccountHead, about } from './counter-money.js';

const CYCLES = ['monthly', 'weekly', 'yearly', 'once'];
const HOLIDAYS = ['as_it_is', 'next_work_day', 'work_day_before'];
const STATE = /** @type {Record<string, string>} */ ({ active: 'badge-ok', paused: 'badge-warn' });

/** @param {{o: any, onDone: () => void}} p */
function Order({ o, onDone }) {
    const to = async (/** @type {string} */ state) => {
        const sure =
            state !== 'ended' ||
            (await ask({
                title: t('standing.end.ask'),
                text: t('standing.end.text', {
                    n: amount(o.amount),
                    to: o.payee_name || grouped(o.payee) || o.payee_account,
                }),
                yes: t('standing.end'),
                danger: true,
            }));
        if (!sure) return;
        try {
            await patch('/api/standing-orders/' + o.id, { state });
            toast(t('counter.step.done'), 'ok');
            onDone();
        } catch (e) {
            toastProblem(e);
        }
    };
    return html`
      <tr>
        <td>
          <span lang="zh-CN">${o.payee_name || grouped(o.payee) || o.payee_account}</span>
          ${o.memo && html`<span class="small muted"> ${o.memo}</span>`}
        </td>
        <td class="r num">${amount(o.amount)}</td>
        <td>${t('standing.' + o.cycle)}</td>
        <td class="num nowrap">
          ${o.state === 'ended' ? '' : o.next}
          ${o.state !== 'ended' && o.pays !== o.next && html`
            <span class="small muted"> ${t('standing.moved', { d: o.pays })}</span>
          `}
        </td>
        <td>
          <span class=${'badge ' + (STATE[o.state] || '')}>${t('standing.state.' + o.state)}</span>
        </td>
        <td class="r nowrap">
          ${o.state !== 'ended' && html`
            <button
                type="button" class="btn btn-small btn-quiet"
                onClick=${() => to(o.state === 'paused' ? 'active' : 'paused')}>
              ${t(o.state === 'paused' ? 'standing.resume' : 'standing.pause')}
            </button>
            <button type="button" class="btn btn-small btn-quiet" onClick=${() => to('ended')}>
              ${t('standing.end')}
            </button>
          `}
        </td>
      </tr>
    `;
}

/** @param {{number: string, beat: number, onDone: () => void}} p */
function Orders({ number, beat, onDone }) {
    const [list, setList] = useState(/** @type {any[]|null} */ (null));
    useEffect(() => {
        let gone = false;
        get(`/api/deposits/${number}/orders`).then((d) => !gone && setList(d.items), toastProblem);
        return () => {
            gone = true;
        };
    }, [number, beat]);
    if (!list) return html`<${Loading} />`;
    if (!list.length) return html`<p class="muted">${t('standing.none')}</p>`;
    return html`
      <${Scroll} label=${t('counter.tab.standing')}>
        <table class="table table-phone">
          <thead>
            <tr>
              <th scope="col">${t('counter.payee')}</th>
              <th scope="col" class="r">${t('counter.amount')}</th>
              <th scope="col">${t('standing.cycle')}</th>
              <th scope="col">${t('standing.next')}</th>
              <th scope="col">${t('approve.state')}</th>
              <td></td>
            </tr>
          </thead>
          <tbody>${list.map((o) => html`<${Order} key=${o.id} o=${o} onDone=${onDone} />`)}</tbody>
        </table>
      <//>
    `;
}

/** The account's standing orders, and a new one. */
export function StandingForm() {
    const a = account();
    const [to, setTo] = useState('');
    const [v, setV] = useState('');
    const [cycle, setCycle] = useState('monthly');
    const [holiday, setHoliday] = useState('as_it_is');
    const [first, setFirst] = useState(addDays(dateOf(now.value), 1));
    const [until, setUntil] = useState('');
    const [memo, setMemo] = useState('');
    const [beat, setBeat] = useState(0);
    const today = dateOf(now.value);
    const money = typedAmount(v);
    const number = a ? a.number : '';
    const payee = usePayee(to, number);
    const problem = useProblem(() => (about.value = null));
    useEffect(() => {
        setTo('');
        setV('');
        setMemo('');
        problem.clear();
    }, [number]);
    if (!a) return html`<${AccountHead} />`;
    const ready =
        money && payee.ready && payee.name && first >= today && (!until || until >= first);
    const next = (/** @type {any} */ e) => {
        e.preventDefault();
        if (!ready || !money) return;
        problem.clear();
        const body = /** @type {any} */ ({
            amount: money.text,
            cycle,
            holiday,
            first,
            payee: payee.digits,
        });
        if (until) body.until = until;
        if (memo.trim()) body.memo = memo.trim();
        about.value = {
            title: t('standing.new'),
            kind: 'transfer',
            fen: money.fen,
            path: `/api/deposits/${a.number}/orders`,
            body,
            account: a,
            rows: [
                [t('counter.payee'), grouped(payee.digits)],
                [t('counter.payee.name'), payee.name],
                [t('standing.cycle'), t('standing.' + cycle)],
                [t('standing.holiday'), t('standing.holiday.' + holiday)],
                [t('standing.first'), first],
                [t('standing.until'), until],
                [t('counter.lines.memo'), memo.trim()],
            ],
            taker: problem.taker(['amount', 'payee', 'first', 'until', 'memo', 'cycle']),
            done: () => {
                setTo('');
                setV('');
                setMemo('');
            },
            booked: () => {
                setBeat(beat + 1);
                toast(t('counter.step.done'), 'ok');
            },
        };
    };
    return html`
      <form class="stack" onSubmit=${next}>
        <${AccountHead} />
        <${Orders} number=${a.number} beat=${beat} onDone=${() => setBeat(beat + 1)} />
        <h2 class="counter-h">${t('standing.new')}</h2>
        <div class="counter-two">
          <${PayeeField} payee=${payee} value=${to} onInput=${setTo} error=${problem.of('payee')} />
          <${AmountField}
              label=${t('counter.amount')} value=${v} onInput=${setV} error=${problem.of('amount')} />
          <${Select}
              label=${t('standing.cycle')} value=${cycle} onInput=${setCycle}
              options=${CYCLES.map((x) => ({ value: x, text: t('standing.' + x) }))} />
          <${Select}
              label=${t('standing.holiday')} value=${holiday} onInput=${setHoliday}
              options=${HOLIDAYS.map((x) => ({ value: x, text: t('standing.holiday.' + x) }))} />
          <${Field}
              label=${t('counter.memo')} value=${memo} onInput=${setMemo} maxlength="40"
              autocomplete="off" error=${problem.of('memo')} />
          <${Field}
              label=${t('standing.first')} value=${first} onInput=${setFirst} type="date" required
              error=${
                problem.of('first') || (first && first < today ? t('standing.past') : undefined)
              } />
          <${Field}
              label=${t('standing.until')} value=${until} onInput=${setUntil} type="date"
              error=${
                problem.of('until') || (until && until < first ? t('standing.before') : undefined)
              } />
        </div>
        <div class="row">
          <button type="submit" class="btn btn-primary btn-big" disabled=${!ready || !!busy.value}>
            ${t('counter.next')} <span class="kbd" aria-hidden="true">Enter</span>
          </button>
        </div>
      </form>
    `;
}
