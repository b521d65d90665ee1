// What the sub-commands of `sluice clients` have in common.

/** Options that all of them have. */
export interface ClientFlags {
  readonly config?: string;
  readonly json?: boolean;
}
