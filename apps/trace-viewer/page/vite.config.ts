import { defineConfig } from 'vite';

// Whoever builds under tests has NODE_ENV=test, and would get, and leave in nx's cache, a page with development's JSX in
// it: 4 KB more for everybody.
process.env['NODE_ENV'] = 'production';

// Absolute, because the page is also served for /zipkin/traces/{id}.
export default defineConfig({
  base: '/zipkin/',
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    // Young enough for light-dark(): a style without it would need every colour twice.
    target: 'es2024',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // The policy allows data: for images only, and a file is cached for good anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
