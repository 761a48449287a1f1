// counter-manage.js -- Accounts opened, stopped, lost, frozen, closed. What changes an account's state
// is looked at by a second person.
import { html, useEffect, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get, post, Problem } from './api.js';
import { Field, Select, toast, toastProblem } from './ui.js';
import { amount, fenOf, typedAmount } from './amount.js';
import {
    account,
    AmountField,
    busy,
    chosen,
    customer,
    grouped,
    openCustomer,
    tab,
} from './counter-base.js';
import { rateText } from './rates.js';
import { AccountHead, about } from './counter-money.js';

/** @type {any[]|null} */
let products = null;

const usable = () =>
    (customer.value ? customer.value.accounts : []).filter(
        (/** @type {any} */ a) => a.kind === 'demand' && a.state === 'open',
    );

/** Opens an account for the customer in front. */
export function OpenForm() {
    const [list, setList] = useState(products);
    const [code, setCode] = useState('demand');
    const [roll, setRoll] = useState('all');
    const [payout, setPayout] = useState('');
    const [certificate, setCertificate] = useState('');
    const [purpose, setPurpose] = useState('');
    const [problem, setProblem] = useState(/** @type {Problem|null} */ (null));
    useEffect(() => {
        if (!list)
            get('/api/counter/products').then((d) => setList((products = d.items)), toastProblem);
    }, []);
    const m = customer.value && customer.value.customer;
    if (!m) return html`<p class="empty">${t('counter.choose.customer')}</p>`;
    const fit = (list || []).filter((p) => p.customers & (m.kind === 'company' ? 2 : 1));
    const p = fit.find((x) => x.code === code) || fit[0];
    const pays = usable();
    const term = p && p.kind === 'term';
    const go = async (/** @type {any} */ e) => {
        e.preventDefault();
        if (!p || busy.value) return;
        setProblem(null);
        const body = /** @type {any} */ ({ customer_id: m.id, product: p.code });
        if (term) body.rollover = roll;
        if (term && (roll === 'principal' || roll === 'pay') && (payout || pays.length))
            body.payout = payout || pays[0].number;
        if (certificate.trim()) body.certificate = certificate.trim();
        if (p.kind === 'margin') body.purpose = purpose.trim();
        busy.value = 'open';
        try {
            const d = await post('/api/counter/accounts', body);
            toast(t('counter.open.done', { n: grouped(d.account.number) }), 'ok', 6000);
            await openCustomer(m.id);
            chosen.value = d.account.number;
            tab.value = 'in';
        } catch (x) {
            setProblem(/** @type {Problem} */ (x));
            toastProblem(x);
        } finally {
            busy.value = '';
        }
    };
    const error = (/** @type {string} */ k) =>
        problem && problem.field === k ? problem.title : undefined;
    return html`
      <form class="stack" onSubmit=${go}>
        <h2>${t('counter.open.title')}</h2>
        <p lang="zh-CN"><strong>${m.name}</strong></p>
        <${Select}
            label=${t('counter.open.product')} value=${p ? p.code : ''} onInput=${setCode}
            error=${error('product')}
            options=${fit.map((x) => ({
                value: x.code,
                text: t('counter.open.rate', { name: pick(x), rate: rateText(x.rate_ppm) }),
            }))} />
        ${p && fenOf(p.min) > 0n && html`
          <p class="muted">${t('counter.open.min', { min: amount(p.min) })}</p>
        `}
        ${term && html`
          <${Select}
              label=${t('counter.open.roll')} value=${roll} onInput=${setRoll}
              error=${error('rollover')}
              options=${['all', 'principal', 'pay', 'none'].map((x) => ({
                  value: x,
                  text: t('counter.open.roll.' + x),
              }))} />
        `}
        ${term && (roll === 'principal' || roll === 'pay') && html`
          <${Select}
              label=${t('counter.open.payout')} value=${payout || (pays[0] || {}).number || ''}
              onInput=${setPayout}
              error=${error('payout') || (pays.length ? undefined : t('counter.open.payout.none'))}
              options=${pays.map((/** @type {any} */ a) => ({
                  value: a.number,
                  text: grouped(a.number),
              }))} />
        `}
        ${p && p.kind === 'margin' && html`
          <${Field}
              label=${t('counter.open.purpose')} value=${purpose} onInput=${setPurpose} required
              maxlength="20" error=${error('purpose')} />
        `}
        <${Field}
            label=${t('counter.open.certificate')} value=${certificate} onInput=${setCertificate}
            maxlength="20" autocomplete="off" error=${error('certificate')} />
        <div class="row">
          <button type="submit" class="btn btn-primary btn-big" disabled=${!p || !!busy.value}>
            ${t('counter.open.go')} <span class="kbd" aria-hidden="true">Enter</span>
          </button>
        </div>
      </form>
    `;
}

/* ---- stop, loss, freeze, close ---- */

/** What can be done to the account as it is now. @param {any} a */
function steps(a) {
    const all = [];
    if (a.state === 'dormant') all.push('wake');
    if (a.loss) all.push('unloss');
    else if (a.stopped) all.push('unstop');
    else all.push('loss', 'stop');
    if (a.freeze !== 'none' || fenOf(a.frozen) > 0n) all.push('unfreeze');
    if (a.freeze === 'none') all.push('freeze_out', 'freeze_all', 'freeze_part');
    all.push('close');
    return all;
}
const needsPaper = (/** @type {string} */ s) => s.includes('freeze');

/** One change of the account's state. */
export function ManageForm() {
    const a = account();
    const [step, setStep] = useState('loss');
    const [reason, setReason] = useState('');
    const [paper, setPaper] = useState('');
    const [v, setV] = useState('');
    const [to, setTo] = useState('');
    const number = a ? a.number : '';
    useEffect(() => {
        setReason('');
        setPaper('');
        setV('');
        setTo('');
    }, [number, step]);
    if (!a) return html`<${AccountHead} />`;
    const list = steps(a);
    const now = list.includes(step) ? step : list[0];
    const money = typedAmount(v);
    const others = usable().filter((/** @type {any} */ x) => x.number !== number);
    const closing = now === 'close';
    const ready =
        closing ||
        (!!reason.trim() &&
            (!needsPaper(now) || !!paper.trim()) &&
            (now !== 'freeze_part' || !!money));
    const clear = () => {
        setReason('');
        setPaper('');
        setV('');
    };
    const next = (/** @type {any} */ e) => {
        e.preventDefault();
        if (!ready) return;
        const body = closing
            ? { account: number, to }
            : {
                  account: number,
                  step: now,
                  reason: reason.trim(),
                  ...(paper.trim() ? { document: paper.trim() } : {}),
                  ...(now === 'freeze_part' && money ? { amount: money.text } : {}),
              };
        about.value = {
            title: t('counter.step.' + now),
            kind: closing ? (to ? 'transfer' : 'cash_out') : 'account',
            fen: closing ? (fenOf(a.balance) > 0n ? fenOf(a.balance) : 0n) : money ? money.fen : 0n,
            path: closing ? '/api/counter/close' : '/api/counter/state',
            body,
            account: a,
            rows: [
                [t('counter.step.reason'), reason.trim()],
                [t('counter.step.document'), paper.trim()],
                [
                    closing ? t('counter.step.to') : '',
                    closing ? (to ? grouped(to) : t('counter.step.to.cash')) : '',
                ],
            ],
            done: clear,
            booked: () => !closing && toast(t('counter.step.done'), 'ok'),
        };
    };
    return html`
      <form class="stack" onSubmit=${next}>
        <${AccountHead} />
        <div class="row-s" role="group" aria-label=${t('counter.step')}>
          ${list.map(
              (x) => html`
                <button
                    key=${x} type="button" class="chip" aria-pressed=${String(x === now)}
                    onClick=${() => setStep(x)}>
                  ${t('counter.step.' + x)}
                </button>
              `,
          )}
        </div>
        ${closing && html`
          <${Select}
              label=${t('counter.step.to')} value=${to} onInput=${setTo}
              options=${[
                  { value: '', text: t('counter.step.to.cash') },
                  ...others.map((/** @type {any} */ x) => ({
                      value: x.number,
                      text: t('counter.step.to.account') + ' ' + grouped(x.number),
                  })),
              ]} />
        `}
        ${!closing && html`
          <${Field}
              label=${t('counter.step.reason')} value=${reason} onInput=${setReason} required
              maxlength="40" autocomplete="off" />
        `}
        ${needsPaper(now) && html`
          <${Field}
              label=${t('counter.step.document')} value=${paper} onInput=${setPaper} required
              maxlength="30" autocomplete="off" hint=${t('counter.step.document.hint')} />
        `}
        ${now === 'freeze_part' && html`
          <${AmountField} label=${t('counter.amount')} value=${v} onInput=${setV} />
        `}
        <div class="row">
          <button type="submit" class="btn btn-primary btn-big" disabled=${!ready || !!busy.value}>
            ${t('counter.next')} <span class="kbd" aria-hidden="true">Enter</span>
          </button>
        </div>
      </form>
    `;
}
