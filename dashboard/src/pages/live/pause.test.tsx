import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { useHeld, usePause } from './pause.ts';

afterEach(cleanup);

function Picture({ value }: { readonly value: number }): ReactElement {
  const [paused, toggle] = usePause();
  const held = useHeld(value, paused);
  return (
    <>
      <p data-testid="value">{held}</p>
      <input aria-label="filter" />
      <button type="button" aria-pressed={paused} onClick={toggle}>
        pause
      </button>
    </>
  );
}

const shown = (): string | null => screen.getByTestId('value').textContent;

describe('Pausing', () => {
  test('holds what is shown until it is resumed, which shows the present', () => {
    const { rerender } = render(<Picture value={1} />);
    fireEvent.click(screen.getByRole('button'));
    rerender(<Picture value={2} />);
    rerender(<Picture value={3} />);
    expect(shown()).toBe('1');
    fireEvent.click(screen.getByRole('button'));
    expect(shown()).toBe('3');
  });

  test('the space bar pauses and resumes', () => {
    const { rerender } = render(<Picture value={1} />);
    fireEvent.keyDown(document.body, { key: ' ' });
    rerender(<Picture value={2} />);
    expect(shown()).toBe('1');
    fireEvent.keyDown(document.body, { key: ' ' });
    expect(shown()).toBe('2');
  });

  test('a space in a field is a space, and on a button presses it', () => {
    render(<Picture value={1} />);
    fireEvent.keyDown(screen.getByLabelText('filter'), { key: ' ' });
    fireEvent.keyDown(screen.getByRole('button'), { key: ' ' });
    expect(screen.getByRole('button').getAttribute('aria-pressed')).toBe('false');
  });
});
