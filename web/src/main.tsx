import './app/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { reloadOnceWhenOutdated } from './app/outdated.ts';
import { showPreferences } from './app/preferences.ts';

showPreferences();
reloadOnceWhenOutdated();
const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
