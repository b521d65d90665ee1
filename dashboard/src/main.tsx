// Starts the dashboard in the page's one element.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Overview } from './pages/overview/overview.tsx';
import './style/main.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <Overview />
  </StrictMode>,
);
