// Unpacks what npm brought: the program, and the software renderer that lies beside it.
//   node unpack.mjs DIR
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';

const from = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/@sparticuz/chromium/bin');
const to = process.argv[2];
mkdirSync(to, { recursive: true });
for (const [file, name, mode] of [['chromium.br', 'chromium', 0o755], ['swiftshader.tar.br', 'renderer.tar', 0o644]]) {
  await pipeline(createReadStream(join(from, file)), createBrotliDecompress(), createWriteStream(join(to, name), { mode }));
}
