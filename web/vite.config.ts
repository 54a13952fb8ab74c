import { defineConfig } from 'vite';

// biome-ignore lint/style/noDefaultExport: Vite asks for the default export.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    {
      // The first paint waits for the theme that was chosen, where a browser can do that.
      name: 'paint-in-theme',
      transformIndexHtml: {
        order: 'post',
        handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
      },
    },
  ],
  build: {
    // Where `light-dark()` is native.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // `data:` is not in our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The licences of what is bundled, as they ask for.
    license: { fileName: 'licences.md' },
    reportCompressedSize: false,
    rolldownOptions: {
      // `'use client'` means something to servers that render React; there is none.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
    },
  },
});
