package ferry.receive;

import ferry.entry.ChunkDigest;

/**
 * What one reading of a chunk has found.
 *
 * @param digest its SHA-256, to be held against the sender's proof
 * @param crc its CRC-32C, for the checksum of the whole
 * @param length its length in bytes
 */
record ChunkSum(ChunkDigest digest, int crc, int length) {}
