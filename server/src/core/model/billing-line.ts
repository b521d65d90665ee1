// Claude Code's first line of instructions tells who pays. It is another one in every request, and nobody's prompt.

/** How it begins, up to the colon. */
export const BILLING_LINE = 'x-anthropic-billing-header';
