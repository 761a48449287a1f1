// counter-merge.js -- One customer twice: likely duplicates beside the customer in front, one merged into the
// other with a reason. A second person looks at it where the limits say so.
import { html, useEffect, useState } from './vendor.js';
import { t } from './texts.js';
import { get, session } from './api.js';
import { Loading, toast, toastProblem } from './ui.js';
import { Scroll } from './table.js';
import { ActDialog, Choice, Reason } from './staff.js';
import { dateOf } from './format.js';
import { busy, openCustomer, order } from './counter-base.js';

const WHY = ['same_name', 'same_mobile', 'same_birth'];
const mayMerge = () =>
    !!session.value && ['head', 'office'].includes(String(session.value.role || ''));

/** @param {{a: any, b: any}} p */
function Beside({ a, b }) {
    const rows = /** @type {[string, (x: any) => string][]} */ ([
        ['counter.merge.no', (x) => String(x.customer.id)],
        ['counter.merge.name', (x) => x.customer.name],
        [
            'counter.merge.paper',
            (x) => t('counter.paper.' + x.customer.paper) + ' ' + x.customer.paper_number,
        ],
        ['counter.mobile', (x) => x.customer.mobile || '—'],
        ['counter.merge.accounts', (x) => String(x.accounts)],
        ['counter.merge.since', (x) => dateOf(x.created_ms)],
    ]);
    return html`
      <${Scroll} label=${t('counter.merge')}>
        <table class="table table-tight counter-beside">
          <thead>
            <tr>
              <td></td>
              <th scope="col">${t('counter.merge.front')}</th>
              <th scope="col">${t('counter.merge.other')}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
                ([k, f]) => html`
                  <tr key=${k}>
                    <th scope="row">${t(k)}</th>
                    <td class="num">${f(a)}</td>
                    <td class="num">${f(b)}</td>
                  </tr>
                `,
            )}
          </tbody>
        </table>
      <//>
    `;
}

/** @param {{id: number, onClose: () => void}} p */
export function MergeDialog({ id, onClose }) {
    const [d, setD] = useState(/** @type {any} */ (null));
    const [other, setOther] = useState(0);
    const [keep, setKeep] = useState('front');
    const [reason, setReason] = useState('');
    useEffect(() => {
        get(`/api/customers/${id}/alike`).then((x) => {
            setD(x);
            if (x.items.length) setOther(x.items[0].customer.id);
        }, toastProblem);
    }, [id]);
    const b = d && d.items.find((/** @type {any} */ x) => x.customer.id === other);
    const go = async () => {
        const from = keep === 'front' ? b.customer.id : d.customer.id;
        const into = keep === 'front' ? d.customer.id : b.customer.id;
        const r = await order(`/api/customers/${from}/merge`, {
            into_id: into,
            reason: reason.trim(),
        });
        if (!r) return;
        onClose();
        if (!r.approval) {
            toast(t('counter.merge.done'), 'ok', 6000);
            openCustomer(into).catch(toastProblem);
        }
    };
    return html`
      <${ActDialog}
          open wide onClose=${onClose} title=${t('counter.merge')} go=${t('counter.merge.go')}
          busy=${!!busy.value} onGo=${go} ready=${!!b && mayMerge() && !!reason.trim()}>
        ${!d && html`<${Loading} />`}
        ${d && d.merged.length > 0 && html`
          <p class="small">
            ${t('counter.merge.already', {
                list: d.merged.map((/** @type {any} */ m) => m.id).join(t('list.comma')),
            })}
          </p>
        `}
        ${d && !d.items.length && html`<p class="empty">${t('counter.merge.none')}</p>`}
        ${d && d.items.length > 1 && html`
          <${Choice}
              label=${t('counter.merge.found', { n: d.items.length })} value=${other}
              onInput=${setOther}
              options=${d.items.map((/** @type {any} */ x) => ({
                  value: x.customer.id,
                  text: `${x.customer.name} ${x.customer.paper_number}`,
                  hint: WHY.filter((k) => x[k])
                      .map((k) => t('counter.merge.' + k))
                      .join(t('list.comma')),
              }))} />
        `}
        ${b && html`
          <p class="row-s">
            ${WHY.filter((k) => b[k]).map(
                (k) =>
                    html`<span key=${k} class="badge badge-warn">${t('counter.merge.' + k)}</span>`,
            )}
          </p>
          <${Beside} a=${d} b=${b} />
          ${
            mayMerge()
                ? html`
                    <${Choice}
                        label=${t('counter.merge.keep')} value=${keep} onInput=${setKeep} columns
                        digits=${false}
                        options=${[
                            { value: 'front', text: t('counter.merge.front') },
                            { value: 'other', text: t('counter.merge.other') },
                        ]} />
                    <${Reason} value=${reason} onInput=${setReason} required />
                    <p class="small muted">${t('counter.merge.hint')}</p>
                  `
                : html`<p class="banner">${t('counter.merge.role')}</p>`
          }
        `}
      <//>
    `;
}
