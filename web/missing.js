// An address that is none: says so, and leads on.
import { html } from './lib/vendor.js';
import { t } from './lib/texts.js';
import { loadInfo } from './lib/live.js';
import { Shell, mount } from './lib/ui.js';

loadInfo().catch(() => {}); /* only for the bank's name */

mount(
    () => html`
      <${Shell} title=${t('missing.title')} narrow account=${false}>
        <div class="stack">
          <h1>${t('missing.title')}</h1>
          <p>${t('missing.text')}</p>
          <p class="num muted">${location.pathname}</p>
          <p class="row">
            <a class="btn btn-primary" href="/">${t('missing.home')}</a>
            <a class="btn" href="/me.html">${t('page.me')}</a>
          </p>
        </div>
      <//>
    `,
);
