const { randomUUID } = require('node:crypto');

exports.handler = async () => ({ request: randomUUID(), asked: String(Math.floor(Date.now() / 1000)), wording: process.env.WORDING });
