/** Stands in for the agent: says to the fake app that it was loaded before it. */
process.env['FAKE_UNDER_AGENT'] = 'yes';
