import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';
import { queryOf, RowLink } from './row-link.tsx';

function open() {
  const root = createRootRoute();
  const row = { getParentRoute: () => root } as const;
  const list = createRoute({
    ...row,
    path: '/requests',
    component: () => (
      <RowLink path="/requests/a%2Fb" search={{ last: '7d', from: undefined }}>
        a row
      </RowLink>
    ),
  });
  const one = createRoute({ ...row, path: '/requests/$id', component: () => <p>one request</p> });
  const router = createRouter({
    routeTree: root.addChildren([list, one]),
    basepath: '/dashboard',
    history: createMemoryHistory({ initialEntries: ['/dashboard/requests'] }),
  });
  render(<RouterProvider router={router} />);
  return router;
}

describe('The link of a row', () => {
  afterEach(cleanup);

  test('leads to its page within the page, with the period', async () => {
    const router = open();
    const link = await screen.findByRole('link', { name: 'a row' });
    expect(link.getAttribute('href')).toBe('/dashboard/requests/a%2Fb?last=7d');
    fireEvent.click(link);
    await screen.findByText('one request');
    await waitFor(() => expect(router.state.location.search).toEqual({ last: '7d' }));
    expect(router.state.matches.at(-1)?.params).toEqual({ id: 'a/b' });
  });

  test('is left to the browser where another window is wanted', async () => {
    open();
    const link = await screen.findByRole('link', { name: 'a row' });
    // True: nobody has kept the browser from doing what it does.
    expect(fireEvent.click(link, { ctrlKey: true })).toBe(true);
    expect(fireEvent.click(link)).toBe(false);
  });
});

describe('What stands behind an address', () => {
  test('is the period; nothing where there is nothing to say', () => {
    expect(queryOf({ from: 1, to: 2 })).toBe('?from=1&to=2');
    expect(queryOf({})).toBe('');
  });
});
