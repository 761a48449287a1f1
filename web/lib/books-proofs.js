// books-proofs.js -- The proofs of the books: last run, run now.
import { html, useState } from './vendor.js';
import { t } from './texts.js';
import { get } from './api.js';
import { toastProblem } from './ui.js';
import { count, stamp } from './format.js';
import { useLoad } from './office-base.js';
import { state } from './office-views.js';

/** @param {{x: any, ran: boolean}} p */
function Proof({ x, ran }) {
    const kind = !ran ? '' : x.bad ? 'badge-danger' : 'badge-ok';
    return html`
      <li class=${'card card-flat proof ' + (ran && x.bad ? 'proof-bad' : '')}>
        <div>
          <strong>${t('books.proof.' + x.name)}</strong>
          ${x.text && html`<p class="small">${x.text}</p>`}
        </div>
        <div class="row-s">
          ${ran && html`
            <span class="small muted num">${t('books.proof.count', { n: count(x.count) })}</span>
          `}
          <span class=${'badge ' + kind}>
            ${
              !ran
                  ? t('books.proof.none')
                  : x.bad
                    ? '✗ ' + t('books.proof.bad', { n: x.bad })
                    : '✓ ' + t('books.proof.good')
            }
          </span>
        </div>
      </li>
    `;
}

export function Proofs() {
    const l = useLoad('/api/books/proofs');
    const [fresh, setFresh] = useState(/** @type {any} */ (null));
    const [busy, setBusy] = useState(false);
    const wait = state(l);
    if (wait) return wait;
    const d = fresh || l.data;
    const run = async () => {
        setBusy(true);
        try {
            setFresh(await get('/api/books/proofs?run=1', { timeout_ms: 300000 }));
        } catch (e) {
            toastProblem(e);
        }
        setBusy(false);
    };
    return html`
      <section class="stack" aria-labelledby="proofs-title">
        <div class="row row-between">
          <div>
            <h2 id="proofs-title">${t('books.view.proofs')}</h2>
            <p class="small muted" role="status">
              ${
                busy
                    ? t('books.proofs.running')
                    : d.at_ms
                      ? t('books.proofs.last', { at: stamp(d.at_ms), by: d.by })
                      : t('books.proofs.never')
              }
            </p>
          </div>
          ${d.may_run && html`
            <button type="button" class="btn btn-primary" disabled=${busy} onClick=${run}>
              ${t(busy ? 'books.proofs.running' : 'books.proofs.run')}
            </button>
          `}
        </div>
        <ul class="proofs">
          ${d.proofs.map(
              (/** @type {any} */ x) => html`<${Proof} key=${x.name} x=${x} ran=${!!d.at_ms} />`,
          )}
        </ul>
      </section>
    `;
}
