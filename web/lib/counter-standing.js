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

const FIELDS = [
    'amount',
    'payee',
    'payee_bank',
    'payee_account',
    'payee_name',
    'first',
    'until',
    'memo',
    'cycle',
];
const CYCLES = ['monthly', 'weekly', 'yearly', 'once'];
const HOLIDAYS = ['as_it_is', 'next_work_day', 'work_day_before'];
const STATE = /** @type {Record<string, string>} */ ({ active: 'badge-ok', paused: 'badge-warn' });

/** Who is paid, as one line. @param {any} o */
const whom = (o) =>
    [o.payee_name, o.payee ? grouped(o.payee) : `${o.payee_bank} ${o.payee_account}`]
        .filter(Boolean)
        .join(' · ');

/** @param {{o: any, onDone: () => void}} p */
function Order({ o, onDone }) {
    const to = async (/** @type {string} */ state) => {
        const sure =
            state !== 'ended' ||
            (await ask({
                title: t('standing.end.ask'),
                text: t('standing.end.text', {
                    n: amount(o.amount),
                    to: whom(o),
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
          <span lang="zh-CN">${o.payee_name}</span>
          <span class="small muted num nowrap">
            ${o.payee ? grouped(o.payee) : `${o.payee_bank} ${o.payee_account}`}
          </span>
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

/** An account's number: letters, digits, hyphens. @param {string} s */
const badCode = (s) =>
    s && !/^[0-9A-Za-z-]+$/.test(s.replace(/\s/g, '')) ? t('standing.code') : undefined;
/** @param {string} s */
const badBank = (s) => (/\s/.test(s.trim()) ? t('standing.blank') : undefined);

/**
 * A payee at another bank: nobody here can look the name up.
 * @param {{v: Record<string, string>, put: (k: string) => (x: string) => void, problem: any}} p
 */
const Elsewhere = ({ v, put, problem }) => html`
  <${Field}
      label=${t('standing.bank')} value=${v.bank} onInput=${put('bank')}
      hint=${t('standing.bank.hint')} maxlength="14" autocomplete="off"
      error=${problem.of('payee_bank') || badBank(v.bank)} />
  <${Field}
      label=${t('counter.payee')} value=${v.number} onInput=${put('number')} maxlength="40"
      inputmode="numeric" autocomplete="off"
      error=${problem.of('payee_account') || badCode(v.number)} />
  <${Field}
      label=${t('counter.payee.name')} value=${v.name} onInput=${put('name')} maxlength="30"
      autocomplete="off" error=${problem.of('payee_name')} />
`;

const NOBODY = { bank: '', number: '', name: '' };

/** The account's standing orders, and a new one. */
export function StandingForm() {
    const a = account();
    const [to, setTo] = useState('');
    const [where, setWhere] = useState('here');
    const [other, setOther] = useState(/** @type {Record<string, string>} */ (NOBODY));
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
    const forget = () => {
        setTo('');
        setOther(NOBODY);
        setV('');
        setMemo('');
    };
    useEffect(() => {
        forget();
        problem.clear();
    }, [number]);
    if (!a) return html`<${AccountHead} />`;
    const away = where === 'away';
    const bank = other.bank.trim();
    const theirs = other.number.replace(/\s/g, '');
    const name = other.name.trim();
    const known = away
        ? bank && theirs && name && !badBank(bank) && !badCode(theirs)
        : payee.ready && payee.name;
    const ready = money && known && first >= today && (!until || until >= first);
    const next = (/** @type {any} */ e) => {
        e.preventDefault();
        if (!ready || !money) return;
        problem.clear();
        const body = /** @type {any} */ ({
            amount: money.text,
            cycle,
            holiday,
            first,
            ...(away
                ? { payee_bank: bank, payee_account: theirs, payee_name: name }
                : { payee: payee.digits }),
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
                [t('standing.bank'), away ? bank : ''],
                [t('counter.payee'), away ? theirs : grouped(payee.digits)],
                [t('counter.payee.name'), away ? name : payee.name],
                [t('standing.cycle'), t('standing.' + cycle)],
                [t('standing.holiday'), t('standing.holiday.' + holiday)],
                [t('standing.first'), first],
                [t('standing.until'), until],
                [t('counter.lines.memo'), memo.trim()],
            ],
            taker: problem.taker(FIELDS),
            done: forget,
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
          <${Select}
              label=${t('standing.where')} value=${where} onInput=${setWhere}
              options=${['here', 'away'].map((x) => ({ value: x, text: t('standing.where.' + x) }))} />
          ${
            away
                ? html`
                    <${Elsewhere}
                        v=${other} problem=${problem}
                        put=${(/** @type {string} */ k) => (/** @type {string} */ x) =>
                            setOther({ ...other, [k]: x })} />
                  `
                : html`
                    <${PayeeField}
                        payee=${payee} value=${to} onInput=${setTo} error=${problem.of('payee')} />
                  `
          }
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
