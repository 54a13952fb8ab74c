import { defineConfig } from 'vite';

// biome-ignore lint/style/noDefaultExport: Vite asks for the default export.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    // Where `light-dark()` is native.
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // `data:` is not in our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // `'use client'` means something to servers that render React; there is none.
      onwarn: (warning, warn) => (warning.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : warn(warning)),
    },
  },
});
