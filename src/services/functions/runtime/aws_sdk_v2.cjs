'use strict';
// The AWS SDK for JavaScript, version 2, knows nothing of AWS_ENDPOINT_URL: it would call AWS. Handlers that were written for Lambda need not be
// changed for that: whatever way they load the SDK, its global configuration gets the endpoint before they see it. Loaded by the bootstrap, so
// processes that a handler starts are not touched.
const Module = require('node:module');

// The SDK's own names for services where they differ from those of AWS_ENDPOINT_URL_SERVICE.
const serviceNames = { STEP_FUNCTIONS: 'stepfunctions', SFN: 'stepfunctions', EVENTBRIDGE: 'eventbridge', CLOUDWATCH_LOGS: 'cloudwatchlogs', API_GATEWAY: 'apigateway' };

function serviceOptions() {
  const options = {};
  for (const [name, url] of Object.entries(process.env)) {
    if (!name.startsWith('AWS_ENDPOINT_URL_') || !url) continue;
    const service = name.slice('AWS_ENDPOINT_URL_'.length);
    options[serviceNames[service] || service.replace(/_/g, '').toLowerCase()] = { endpoint: url };
  }
  return options;
}

// The module after which the global configuration stays what it is, of any copy: in a layer, beside the handler, deep in its modules.
const isLoader = (file) => /[\\/]aws-sdk[\\/]lib[\\/]node_loader\.js$/.test(file);

if (process.env.AWS_ENDPOINT_URL) {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE ??= '1';
  const compile = Module.prototype._compile;
  Module.prototype._compile = function compiled(content, file, ...more) {
    const result = compile.call(this, content, file, ...more);
    if (isLoader(file)) this.require('./core').config.update({ endpoint: process.env.AWS_ENDPOINT_URL, s3ForcePathStyle: true, ...serviceOptions() });
    return result;
  };
}
