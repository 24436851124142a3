'use strict';
const { greeting } = require('words');

exports.handler = async (event, context) => ({ said: `${greeting} ${event.name}`, wording: process.env.WORDING, version: context.functionVersion });
