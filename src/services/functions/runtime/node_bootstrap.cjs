'use strict';
// Runs a Lambda handler of Node: asks the Lambda Runtime API for events and gives back what the handler makes of them. One socket,
// plain HTTP/1.1: the answer to one event and the request for the next leave in one write.
const net = require('node:net');
const fs = require('node:fs');
const path = require('node:path');
const util = require('node:util');
const { pathToFileURL } = require('node:url');

const env = process.env;
const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const api = '/2018-06-01/runtime/';
const taskRoot = env.LAMBDA_TASK_ROOT;

require('./aws_sdk_v2.cjs');

// ---- console: time, request id, level, text, as on AWS --------------------------------------------------------------
let requestId = '';

function writeOut(text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (failure) {
      if (failure.code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function logger(level) {
  return (...args) => writeOut(`${new Date().toISOString()}\t${requestId || 'undefined'}\t${level}\t${util.format(...args)}\n`);
}

console.log = logger('INFO');
console.info = logger('INFO');
console.debug = logger('DEBUG');
console.warn = logger('WARN');
console.error = logger('ERROR');
console.trace = (...args) => logger('TRACE')(new Error(util.format(...args)).stack.replace(/^Error/, 'Trace'));

// ---- the Runtime API -------------------------------------------------------------------------------------------------
let input = Buffer.alloc(0);
let received = null;   // takes {headers, body} of the answer to `next`
let discard = 0;       // answers to posts that come before it
let leaving = false;   // the process ends when the last post is answered, lest its end be seen before the post

const socket = net.connect({ host, port: Number(port), noDelay: true });
socket.on('data', (bytes) => {
  input = input.length === 0 ? bytes : Buffer.concat([input, bytes]);
  for (let message = takeMessage(); message; message = takeMessage()) {
    if (discard > 0) {
      discard -= 1;
      if (discard === 0 && leaving) process.exit(1);
    } else if (received) {
      received(message);
    }
  }
});
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(1));

let head = null;       // of a message whose body is not complete
function takeMessage() {
  if (!head) {
    const end = input.indexOf('\r\n\r\n');
    if (end < 0) return null;
    head = { headers: {}, start: end + 4 };
    for (const line of input.toString('latin1', 0, end).split('\r\n').slice(1)) {
      const colon = line.indexOf(':');
      head.headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    head.length = Number(head.headers['content-length'] || 0);
  }
  if (input.length < head.start + head.length) return null;
  const message = { headers: head.headers, body: input.toString('utf8', head.start, head.start + head.length) };
  input = input.subarray(head.start + head.length);
  head = null;
  return message;
}

function post(where, body, errorType) {
  discard += 1;
  const type = errorType ? `Lambda-Runtime-Function-Error-Type: ${errorType}\r\n` : '';
  return `POST ${api}${where} HTTP/1.1\r\nHost: ${host}\r\n${type}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const nextRequest = `GET ${api}invocation/next HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

// ---- errors ----------------------------------------------------------------------------------------------------------
function errorType(failure) {
  return String((failure && failure.name) || 'Error').replace(/[^\x20-\x7e]/g, '?');
}

function errorBody(failure) {
  try {
    if (util.types.isNativeError(failure) || (failure && failure.name && failure.message !== undefined && failure.stack)) {
      return JSON.stringify({ errorType: String(failure.name), errorMessage: String(failure.message), trace: String(failure.stack || '').split('\n') });
    }
    return JSON.stringify({ errorType: typeof failure, errorMessage: typeof failure === 'string' ? failure : util.inspect(failure), trace: [] });
  } catch {
    return JSON.stringify({ errorType: 'handled', errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack', trace: [] });
  }
}

function named(name, message, cause) {
  const failure = new Error(message);
  failure.name = name;
  if (cause && cause.stack) failure.stack = `${name}: ${message}\n${String(cause.stack).split('\n').slice(1).join('\n')}`;
  else failure.stack = `${name}: ${message}${failure.stack.slice(failure.stack.indexOf('\n'))}`;
  return failure;
}

function logError(what, failure) {
  writeOut(`${new Date().toISOString()}\t${requestId || 'undefined'}\tERROR\t${what} \t${errorBody(failure)}\n`);
}

function leave(lastPost) {
  leaving = true;
  socket.ref();
  socket.write(lastPost);
  setTimeout(() => process.exit(1), 1000);
}

function failInit(failure) {
  if (leaving) return;
  logError('Uncaught Exception', failure);
  leave(post('init/error', errorBody(failure), errorType(failure)));
}

// ---- the handler -----------------------------------------------------------------------------------------------------
function existing(base) {
  for (const extension of ['', '.js', '.mjs', '.cjs']) {
    try {
      if (fs.statSync(base + extension).isFile()) return base + extension;
    } catch {
      // The next one.
    }
  }
  return null;
}

async function loadModule(file) {
  const imported = async () => {
    const module = await import(pathToFileURL(file).href);
    return module;
  };
  if (file.endsWith('.mjs')) return imported();
  try {
    return require(file);
  } catch (failure) {
    if (failure && (failure.code === 'ERR_REQUIRE_ESM' || failure.code === 'ERR_REQUIRE_ASYNC_MODULE')) return imported();
    throw failure;
  }
}

async function loadHandler() {
  const text = env._HANDLER;
  const slash = text.lastIndexOf('/');
  const dot = text.indexOf('.', slash + 1);
  if (dot < 0 || text.split('/').includes('..')) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const moduleName = text.slice(0, dot);
  const file = existing(path.resolve(taskRoot, moduleName));
  if (!file) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'\nRequire stack:\n- ${__filename}`);
  let module;
  try {
    module = await loadModule(file);
  } catch (failure) {
    if (failure instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', String(failure), failure);
    if (failure && (failure.code === 'MODULE_NOT_FOUND' || failure.code === 'ERR_MODULE_NOT_FOUND')) throw named('Runtime.ImportModuleError', String(failure), failure);
    throw failure;
  }
  const names = text.slice(dot + 1).split('.');
  const find = (from) => names.reduce((value, name) => (value === undefined || value === null ? undefined : value[name]), from);
  const handler = find(module) !== undefined ? find(module) : find(module.default);
  if (handler === undefined || handler === null) throw named('Runtime.HandlerNotFound', `${text} is undefined or not exported`);
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${text} is not a function`);
  return handler;
}

// ---- the loop --------------------------------------------------------------------------------------------------------
let finish = null;     // (failed, value) of the event under way
let emptyLoop = null;  // what to do when nothing is left to wait for

process.on('beforeExit', () => {
  if (emptyLoop) emptyLoop();
});

function serialise(value) {
  try {
    const text = JSON.stringify(value === undefined ? null : value);
    return text === undefined ? 'null' : text;
  } catch (failure) {
    throw named('Runtime.MarshalError', `Unable to stringify response body: ${failure.message}`, failure);
  }
}

function next() {
  requestId = '';
  socket.ref();
}

function run(handler, { headers, body }) {
  requestId = headers['lambda-runtime-aws-request-id'];
  const id = requestId;
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'] || '';
  // While the handler works the socket does not keep the loop alive, so that an empty loop is noticed.
  socket.unref();

  let over = false;
  let waitsForEmptyLoop = true;
  const end = (failed, value) => {
    if (over) return;
    over = true;
    emptyLoop = null;
    let message;
    try {
      if (failed) {
        logError('Invoke Error', value);
        message = post(`invocation/${id}/error`, errorBody(value), errorType(value));
      } else {
        message = post(`invocation/${id}/response`, serialise(value));
      }
    } catch (failure) {
      logError('Invoke Error', failure);
      message = post(`invocation/${id}/error`, errorBody(failure), errorType(failure));
    }
    next();
    socket.write(message + nextRequest);
  };
  finish = end;
  emptyLoop = () => end(false, null);

  const done = (failure, value) => {
    if (over) return;
    if (failure !== undefined && failure !== null) end(true, failure);
    else if (waitsForEmptyLoop) emptyLoop = () => end(false, value);
    else end(false, value);
  };
  const context = {
    get callbackWaitsForEmptyEventLoop() { return waitsForEmptyLoop; },
    set callbackWaitsForEmptyEventLoop(value) { waitsForEmptyLoop = value; },
    done,
    succeed: (value) => end(false, value),
    fail: (failure) => end(true, failure === undefined || failure === null ? 'handled' : failure),
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: headers['lambda-runtime-client-context'] ? JSON.parse(headers['lambda-runtime-client-context']) : undefined,
    identity: headers['lambda-runtime-cognito-identity'] ? JSON.parse(headers['lambda-runtime-cognito-identity']) : undefined,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: id,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };

  try {
    const result = handler(JSON.parse(body), context, done);
    if (result && typeof result.then === 'function') result.then((value) => end(false, value), (failure) => end(true, failure));
  } catch (failure) {
    end(true, failure);
  }
}

// After these Lambda throws the process away: its state is unknown.
function die(failure) {
  if (leaving) return;
  if (!finish) return failInit(failure);
  logError('Uncaught Exception', failure);
  if (!requestId) process.exit(1);
  leave(post(`invocation/${requestId}/error`, errorBody(failure), errorType(failure)));
}
process.on('uncaughtException', die);
process.on('unhandledRejection', (reason, promise) => {
  const failure = named('Runtime.UnhandledPromiseRejection', String(reason instanceof Error ? `${reason.name}: ${reason.message}` : reason), reason);
  failure.reason = reason;
  failure.promise = promise;
  die(failure);
});

loadHandler().then(
  (handler) => {
    received = (message) => run(handler, message);
    socket.write(nextRequest);
  },
  (failure) => failInit(failure));
