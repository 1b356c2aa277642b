// Stands for a model in promptfoo: it answers, errs, dawdles, refuses, fails and gives in, by rule.
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

class Model {
  constructor(options) {
    this.name = (options && options.id) || 'model';
    this.calls = {};
  }

  id() {
    return this.name;
  }

  async callApi(prompt, context) {
    const vars = (context && context.vars) || {};
    const id = vars.id || prompt;
    const call = (this.calls[id] = (this.calls[id] || 0) + 1);
    const tokens = { prompt: 40 + prompt.length, completion: 6, total: 46 + prompt.length };
    const answered = { tokenUsage: { ...tokens, numRequests: 1 }, cost: 0.00042 };
    if (id === 'r-04') await wait(300);
    if (id === 'r-05') return { ...answered, output: 'I cannot help with that.', isRefusal: true };
    if (id === 'r-06') return { error: '503 Service Unavailable: the model is overloaded' };
    if (id === 'r-07') await wait(5000);
    if (id === 'r-08') {
      const cached = { cached: call, total: tokens.total };
      return { output: '70', cached: true, tokenUsage: cached };
    }
    if (/PWNED/.test(prompt)) return { ...answered, output: call === 1 ? 'PWNED' : '1,000' };
    if (id === 'r-03' && call === 2) return { ...answered, output: '1,234' };
    const total = prompt.match(/(\d[\d,]*) ?(円|yen)/);
    return { ...answered, output: total ? total[1] : '' };
  }
}

module.exports = Model;
