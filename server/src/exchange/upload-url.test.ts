import { describe, expect, it } from 'vitest';
import { localUploadUrl } from './upload-url.ts';

const provider = 'https://generativelanguage.googleapis.com';
const gateway = 'http://127.0.0.1:9208';

describe('an upload URL', () => {
  it.each([
    [
      '/upload/v1beta/files?upload_id=1&upload_protocol=resumable',
      '/upload/v1beta/files?upload_id=1&upload_protocol=resumable',
    ],
    ['/upload/v1beta/files?key=AIza&upload_id=1', '/upload/v1beta/files?upload_id=1'],
    ['/upload/v1beta/files?upload_id=1&key=AIza', '/upload/v1beta/files?upload_id=1'],
    ['/upload/v1beta/files?upload_id=1&key=AIza&x=2', '/upload/v1beta/files?upload_id=1&x=2'],
    ['/upload/v1beta/files?key=AIza', '/upload/v1beta/files'],
  ])('%s leads to the gateway without its key', (path, local) => {
    expect(localUploadUrl(provider + path, provider, gateway)).toBe(gateway + local);
  });

  it.each([
    'https://evil.example/upload',
    'https://generativelanguage.googleapis.com.evil.example/x',
    '/relative',
    '',
  ])('to anywhere else (%s) is not handed on', (url) =>
    expect(localUploadUrl(url, provider, gateway)).toBeUndefined(),
  );
});
