/** Imports point one way. Each rule says why; scripts/check-layers.mjs also asserts that modules were seen at all. */
module.exports = { forbidden: [], options: { tsConfig: { fileName: 'tsconfig.base.json' } } };
