// Applies migrations with Kysely, on the driver.

import { type Migration, Migrator } from 'kysely';
import type { StoreDriver } from '../../tables/driver.ts';
import { kyselyOn } from '../../tables/kysely.ts';

/** Applies those that are missing, in the order of their names. Throws the first failure. */
export async function applyMigrations(
  driver: StoreDriver,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const migrator = new Migrator({
    db: kyselyOn<unknown>(driver),
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
