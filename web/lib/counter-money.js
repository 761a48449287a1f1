// counter-money.js -- Money at the counter: cash in and out, transfers. First what will be booked is
// shown, then it is booked or asked for, then there is the slip.
import { html, signal, useEffect, useRef, useState } from './vendor.js';
import { t, pick } from './texts.js';
import { get } from './api.js';
import { Dialog, Field } from './ui.js';
import { stamp } from './format.js';
import { amount, fenOf, fenText, typedAmount } from './amount.js';
import { capitals } from './capitals.js';
import {
    account,
    AmountField,
    bankName,
    busy,
    cashSettings,
    customer,
    desk,
    grouped,
    needsSecond,
    order,
    Pieces,
    piecesFen,
    piecesOf,
    PayeeField,
    refreshCustomer,
    slip,
    tab,
    unknown,
    usePayee,
    useProblem,
} from './counter-base.js';
import { FACES } from './counter-cash.js';
import { Marks } from './counter-customer.js';

/** What is about to be booked, or null. @type {{value: any}} */
export const about = signal(/** @type {any} */ (null));

/** The account a form is about, with what may be taken from it. */
export function AccountHead() {
    const a = account();
    if (!a || !customer.value) return html`<p class="empty">${t('counter.choose.first')}</p>`;
    return html`
      <div class="counter-head">
        <span class="stack-s">
          <strong lang="zh-CN">${customer.value.customer.name}</strong>
          <span class="num">${grouped(a.number)}</span>
        </span>
        <span class="stack-s">
          <span class="small muted">${pick(a, 'product')}</span>
          <span class="row-s"><${Marks} a=${a} /></span>
        </span>
        <span class="stack-s right">
          <span class="small muted">${t('counter.available')}</span>
          <strong class="num">${amount(a.available)}</strong>
        </span>
      </div>
    `;
}

function NoDrawer() {
    const d = desk.live && desk.live.data.value;
    if (!d || d.box_id) return null;
    return html`
      <div class="banner banner-warn row row-between">
        <span>${t('counter.nodrawer')}</span>
        <button type="button" class="btn btn-small" onClick=${() => (tab.value = 'drawer')}>
          ${t('counter.nodrawer.go')}
        </button>
      </div>
    `;
}

const back = () => (about.value = null);

/** Said before it is asked for: there is not so much in it. @param {any} a @param {{fen: bigint}|null} money */
const over = (a, money) =>
    money && money.fen > fenOf(a.available)
        ? t('counter.over', { n: amount(a.available) })
        : undefined;

/** Cash in or out. @param {{way: 'in'|'out'}} p */
export function CashForm({ way }) {
    const a = account();
    const [v, setV] = useState('');
    const [memo, setMemo] = useState('');
    const [note, setNote] = useState('');
    const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({}));
    const [interest, setInterest] = useState('0.00');
    const problem = useProblem(back);
    const money = typedAmount(v);
    const fixed = a && (a.kind === 'term' || a.kind === 'notice') && way === 'out';
    const once =
        /* a fixed deposit is paid in once */
        a && way === 'in' && (a.kind === 'term' || a.kind === 'notice') && fenOf(a.balance) > 0n;
    const number = a ? a.number : '';
    useEffect(() => {
        setV('');
        setTyped({});
        setMemo('');
        setNote('');
        problem.clear();
    }, [number, way]);
    useEffect(() => {
        setInterest('0.00');
        if (!fixed || !money || money.fen > fenOf(a.balance)) return;
        get(`/api/counter/quote?number=${number}&amount=${money.text}`).then(
            (d) => setInterest(d.interest),
            () => {},
        );
    }, [number, fixed, money && money.text]);
    if (!a) return html`<${AccountHead} />`;
    const whole = money ? money.fen + fenOf(interest) : 0n;
    const large = cashSettings.value ? fenOf(cashSettings.value.large) : 5000000n;
    const body = () => {
        const b = /** @type {any} */ ({ account: a.number, amount: money && money.text });
        const pieces = piecesOf(typed);
        if (pieces.length) b.pieces = pieces;
        if (memo.trim()) b.memo = memo.trim();
        if (note.trim()) b.note = note.trim();
        return b;
    };
    const next = (/** @type {any} */ e) => {
        e.preventDefault();
        if (!money || once) return;
        problem.clear();
        about.value = {
            title: t('counter.' + way + '.title'),
            kind: way === 'in' ? 'cash_in' : 'cash_out',
            fen: whole,
            path: '/api/counter/' + way,
            body: body(),
            account: a,
            rows: [
                [t('counter.memo'), memo.trim()],
                [t('counter.note'), note.trim()],
                [t('counter.out.interest'), fenOf(interest) ? amount(interest) : ''],
            ],
            legs:
                way === 'in'
                    ? [
                          ['debit', t('counter.confirm.drawer'), fenText(whole)],
                          ['credit', a.masked, fenText(whole)],
                      ]
                    : [
                          ['debit', a.masked, fenText(whole)],
                          ['credit', t('counter.confirm.drawer'), fenText(whole)],
                      ],
            taker: problem.taker(['amount', 'pieces', 'note', 'memo']),
            done: () => {
                setV('');
                setTyped({});
                setMemo('');
                setNote('');
            },
        };
    };
    return html`
      <form class="stack" onSubmit=${next}>
        <${AccountHead} />
        <${NoDrawer} />
        ${once && html`<p class="banner banner-warn">${t('counter.in.once')}</p>`}
        <div class="counter-two">
          <${AmountField}
              label=${t('counter.amount')} value=${v} onInput=${setV} autofocus
              error=${problem.of('amount')} warn=${way === 'out' && over(a, money)} />
          <${Field}
              label=${t('counter.memo')} value=${memo} onInput=${setMemo} maxlength="40"
              autocomplete="off" error=${problem.of('memo')} />
        </div>
        ${fixed && fenOf(interest) > 0n && html`
          <p>${t('counter.out.interest')} <strong class="num">${amount(interest)}</strong></p>
        `}
        ${(whole >= large || problem.of('note') || note) && html`
          <${Field}
              label=${t('counter.note')} value=${note} onInput=${setNote} maxlength="60"
              autocomplete="off" error=${problem.of('note')}
              hint=${t('counter.note.hint', { large: amount(fenText(large)) })} />
        `}
        <details class="counter-details" open=${!!problem.of('pieces')}>
          <summary>${t('counter.pieces.optional')}</summary>
          <${Pieces} faces=${FACES} typed=${typed} onTyped=${setTyped} of=${whole || null} />
          ${problem.of('pieces') && html`<p class="error" role="alert">${problem.of('pieces')}</p>`}
        </details>
        <div class="row">
          <button
              type="submit" class="btn btn-primary btn-big"
              disabled=${
                !money ||
                once ||
                !!busy.value ||
                (piecesOf(typed).length > 0 && piecesFen(typed) !== whole)
              }>
            ${t('counter.next')} <span class="kbd" aria-hidden="true">Enter</span>
          </button>
        </div>
      </form>
    `;
}

/** From the chosen account to another. */
export function TransferForm() {
    const a = account();
    const [v, setV] = useState('');
    const [to, setTo] = useState('');
    const [memo, setMemo] = useState('');
    const problem = useProblem(back);
    const money = typedAmount(v);
    const number = a ? a.number : '';
    const payee = usePayee(to, number);
    useEffect(() => {
        setV('');
        setTo('');
        setMemo('');
        problem.clear();
    }, [number]);
    if (!a) return html`<${AccountHead} />`;
    const ready = money && payee.ready;
    const next = (/** @type {any} */ e) => {
        e.preventDefault();
        if (!ready || !money) return;
        problem.clear();
        const body = /** @type {any} */ ({
            account: a.number,
            payee: payee.digits,
            amount: money.text,
        });
        if (memo.trim()) body.memo = memo.trim();
        about.value = {
            title: t('counter.transfer.title'),
            kind: 'transfer',
            fen: money.fen,
            path: '/api/counter/transfer',
            body,
            account: a,
            rows: [
                [t('counter.payee'), grouped(payee.digits)],
                [t('counter.payee.name'), payee.name],
                [t('counter.memo'), memo.trim()],
            ],
            legs: [
                ['debit', a.masked, money.text],
                [
                    'credit',
                    payee.digits.slice(0, 6) + '*********' + payee.digits.slice(-4),
                    money.text,
                ],
            ],
            taker: problem.taker(['amount', 'payee', 'memo']),
            done: () => {
                setV('');
                setTo('');
                setMemo('');
            },
        };
    };
    return html`
      <form class="stack" onSubmit=${next}>
        <${AccountHead} />
        <div class="counter-two">
          <${PayeeField} payee=${payee} value=${to} onInput=${setTo} error=${problem.of('payee')} />
          <${AmountField}
              label=${t('counter.amount')} value=${v} onInput=${setV} error=${problem.of('amount')}
              warn=${over(a, money)} />
        </div>
        <${Field}
            label=${t('counter.memo')} value=${memo} onInput=${setMemo} maxlength="40"
            autocomplete="off" error=${problem.of('memo')} />
        <div class="row">
          <button type="submit" class="btn btn-primary btn-big" disabled=${!ready || !!busy.value}>
            ${t('counter.next')} <span class="kbd" aria-hidden="true">Enter</span>
          </button>
        </div>
      </form>
    `;
}

/* ---- what will be booked ---- */

/** The last look: Enter books, Escape goes back. */
export function Confirm() {
    const k = about.value;
    const go = useRef(/** @type {any} */ (null));
    useEffect(() => {
        if (k && go.current) go.current.focus();
    }, [k]);
    if (!k) return null;
    const second = k.always || needsSecond(k.kind, k.fen);
    const book = async () => {
        const r = await order(k.path, k.body, { onProblem: k.taker });
        if (!r) return;
        about.value = null;
        if (k.done) k.done();
        if (r.slip) {
            if (r.slip.slip) slip.value = r.slip;
            if (k.booked) k.booked(r.slip);
            refreshCustomer();
            if (desk.live) desk.live.refresh();
        }
    };
    return html`
      <${Dialog}
          open onClose=${() => !busy.value && (about.value = null)} title=${t('counter.confirm')}
          wide
          actions=${html`
            <button
                type="button" class="btn" disabled=${!!busy.value}
                onClick=${() => (about.value = null)}>
              ${t('counter.confirm.back')} <span class="kbd" aria-hidden="true">Esc</span>
            </button>
            <button
                type="button" class="btn btn-primary" ref=${go} disabled=${!!busy.value}
                onClick=${book}>
              ${t(second ? 'counter.confirm.ask' : 'counter.confirm.go')}
              <span class="kbd" aria-hidden="true">Enter</span>
            </button>
          `}>
        <div class="confirm-amount">
          <span>${k.title}</span>
          ${k.fen > 0n && html`
            <strong class="num">¥ ${amount(fenText(k.fen))}</strong>
            <span lang="zh-CN">${capitals(k.fen)}</span>
          `}
        </div>
        <dl class="counter-facts">
          ${k.account && html`
            <dt>${t('counter.account')}</dt>
            <dd class="num">${grouped(k.account.number)}</dd>
            <dt>${t('counter.confirm.holder')}</dt>
            <dd lang="zh-CN">${k.account.customer.name}</dd>
          `}
          ${(k.rows || [])
              .filter((/** @type {any} */ r) => r[1])
              .map((/** @type {any} */ r) => html`<dt key=${r[0]}>${r[0]}</dt><dd>${r[1]}</dd>`)}
        </dl>
        ${k.legs && html`
          <table class="table confirm-legs">
            <tbody>
              ${k.legs.map(
                  (/** @type {any} */ l) => html`
                    <tr key=${l[0]}>
                      <th scope="row">${t('counter.confirm.' + l[0])}</th>
                      <td class="num">${l[1]}</td>
                      <td class="r num">${amount(l[2])}</td>
                    </tr>
                  `,
              )}
            </tbody>
          </table>
        `}
        ${second && html`<p class="banner banner-warn">${t('counter.confirm.second')}</p>`}
      <//>
    `;
}

/** An order whose answer was lost: it is asked for, never given anew. */
export function Unknown() {
    const u = unknown.value;
    if (!u) return null;
    return html`
      <div class="banner banner-danger row row-between" role="alert">
        <span>${t('counter.unknown')}</span>
        <button
            type="button" class="btn" disabled=${!!busy.value}
            onClick=${() =>
                order(u.path, u.body, { key: u.key }).then((r) => {
                    if (r && r.slip && r.slip.slip) slip.value = r.slip;
                    if (r) refreshCustomer();
                })}>
          ${t('counter.unknown.ask')}
        </button>
      </div>
    `;
}

/* ---- the slip ---- */

/** The receipt, on screen and on paper. */
export function Slip() {
    const s = slip.value;
    const print = useRef(/** @type {any} */ (null));
    useEffect(() => {
        if (s && print.current) print.current.focus();
    }, [s]);
    if (!s) return null;
    const rows = [
        ['counter.slip.number', s.number],
        ['counter.slip.at', stamp(s.at_ms)],
        ['counter.account', s.account && grouped(s.account.masked)],
        ['counter.confirm.holder', s.account && s.account.customer.name],
        ['counter.payee', s.payee && grouped(s.payee.masked)],
        ['counter.payee.name', s.payee && s.payee.customer.name],
        ['counter.slip.interest', s.interest && fenOf(s.interest) ? amount(s.interest) : ''],
        ['counter.lines.memo', s.memo],
        ['counter.slip.balance', s.account && amount(s.account.balance)],
        ['counter.slip.staff', s.staff],
        ['counter.slip.second', s.second],
    ].filter((r) => r[1]);
    const total = s.total ? fenOf(s.total) : 0n;
    return html`
      <${Dialog}
          open onClose=${() => (slip.value = null)} title=${t('counter.slip')} class="slip-dialog"
          actions=${html`
            <button type="button" class="btn" onClick=${() => (slip.value = null)}>
              ${t('counter.slip.done')} <span class="kbd" aria-hidden="true">Esc</span>
            </button>
            <button
                type="button" class="btn btn-primary" ref=${print} onClick=${() => window.print()}>
              ${t('counter.slip.print')} <span class="kbd" aria-hidden="true">Enter</span>
            </button>
          `}>
        <div class="counter-slip">
          <p class="center strong">${t('counter.slip.bank', { bank: bankName() })}</p>
          <p class="center">${t('counter.slip.' + s.slip)}</p>
          ${total > 0n && html`
            <p class="slip-amount">
              <strong class="num">¥ ${amount(s.total)}</strong>
              <span lang="zh-CN">${s.capitals || capitals(total)}</span>
            </p>
          `}
          <dl class="counter-facts">
            ${rows.map((r) => html`<dt key=${r[0]}>${t(r[0])}</dt><dd class="num">${r[1]}</dd>`)}
          </dl>
          <p class="slip-sign">${t('counter.slip.sign')}</p>
        </div>
      <//>
    `;
}

/** A stored answer as a slip, for orders that were approved. @param {any} answer */
export function showSlip(answer) {
    if (answer && answer.slip) slip.value = answer;
    refreshCustomer();
}
