// Starts the dashboard in the page's one element.

import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { queryClient } from './api/queries.ts';
import { Entrance } from './app/entrance.tsx';
import { Toasts } from './ui/toasts.tsx';
import './style/main.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Entrance />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
