"use strict";
// A run as its index says it: frames of groups of variants, in typed arrays; see rlvr/report/pack.py.

/** Where each part begins: sizes [2, 3] as [0, 2, 5]. */
const starts = (sizes) => {
  const begin = new Int32Array(sizes.length + 1);
  sizes.forEach((size, i) => (begin[i + 1] = begin[i] + size));
  return begin;
};

rlvr.Run = class {
  constructor(key, index) {
    this.key = key;
    this.name = index.name;
    this.rollouts = index.rollouts;
    this.families = index.families;
    this.verdicts = index.verdicts;
    this.whys = index.whys;
    this.habits = index.habits;
    this.frames = index.frames.map(([source, step], number) => ({ source, step, number }));
    this.tasks = index.tasks.map(([id, family, text]) => ({ id, family, text }));
    this.groupsOfFrame = starts(index.frames.map((frame) => frame[2]));
    this.taskOfGroup = Int32Array.from(index.groups);
    this.variantsOfGroup = starts(index.sizes);
    this.bits = Int32Array.from(index.bits);
    this.counts = Int32Array.from(index.counts);
    this.groupsOfChunk = starts(index.chunks);
    this.texts = []; // by chunk, in lower case, once they were searched
    this.frameOfGroup = new Int32Array(this.taskOfGroup.length);
    this.frames.forEach((_, f) =>
      this.frameOfGroup.fill(f, this.groupsOfFrame[f], this.groupsOfFrame[f + 1]),
    );
  }

  get sources() {
    const found = new Set(this.frames.map((frame) => frame.source));
    return Object.keys(rlvr.sourceNames).filter((source) => found.has(source));
  }

  /** The groups of each problem, in the order of training. */
  get groupsOfTask() {
    if (!this._groupsOfTask) {
      this._groupsOfTask = this.tasks.map(() => []);
      this.taskOfGroup.forEach((task, group) => this._groupsOfTask[task].push(group));
    }
    return this._groupsOfTask;
  }

  chunkOf(group) {
    let [low, high] = [0, this.groupsOfChunk.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.groupsOfChunk[middle] <= group) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Problem, texts and details of a group. */
  async group(number) {
    const chunk = this.chunkOf(number);
    const place = number - this.groupsOfChunk[chunk];
    const [texts, details] = await Promise.all([
      rlvr.load(`${this.key}/text-${chunk}`),
      rlvr.load(`${this.key}/detail-${chunk}`),
    ]);
    return {
      number,
      task: this.tasks[this.taskOfGroup[number]],
      frame: this.frames[this.frameOfGroup[number]],
      texts: texts[place],
      ...details[place],
    };
  }

  /** Has all texts at hand, for a search; calls progress(share). */
  async loadTexts(progress) {
    const chunks = this.groupsOfChunk.length - 1;
    for (let chunk = 0; chunk < chunks; chunk += 8) {
      const portion = [];
      for (let i = chunk; i < Math.min(chunk + 8, chunks); i++) {
        if (this.texts[i]) continue;
        portion.push(
          rlvr.load(`${this.key}/text-${i}`).then((groups) => {
            this.texts[i] = groups.map((texts) => texts.map((text) => text.toLowerCase()));
          }),
        );
      }
      if (portion.length) {
        await Promise.all(portion);
        progress((chunk + portion.length) / chunks);
      }
    }
    this.hasTexts = true;
  }

  verdictOf(variant) {
    return this.bits[variant] & 3;
  }

  /** Right rollouts and all rollouts of a group. */
  tally(group) {
    let [right, all] = [0, 0];
    for (let v = this.variantsOfGroup[group]; v < this.variantsOfGroup[group + 1]; v++) {
      all += this.counts[v];
      if (this.verdictOf(v) === 0) right += this.counts[v];
    }
    return { right, all };
  }

  /** What fits: the groups, a mark for each variant, and how many rollouts in each frame.
   * wanted: source, family, verdict, picked, habit, problem (names), text. */
  filter(wanted) {
    const shift = 2 + this.whys.length;
    const verdict = this.verdicts.indexOf(wanted.verdict ?? "");
    const family = wanted.family ? this.families.indexOf(wanted.family) : -1;
    let bits = 0;
    if (wanted.picked) bits |= 1 << (2 + this.whys.indexOf(wanted.picked));
    if (wanted.habit) bits |= 1 << (shift + this.habits.indexOf(wanted.habit));
    const text = (wanted.text ?? "").toLowerCase();
    const found = {
      groups: [],
      fits: new Uint8Array(this.bits.length),
      perFrame: new Int32Array(this.frames.length),
      rightPerFrame: new Int32Array(this.frames.length),
      rollouts: 0,
      right: 0,
    };
    for (let chunk = 0, group = 0; chunk < this.groupsOfChunk.length - 1; chunk++) {
      for (; group < this.groupsOfChunk[chunk + 1]; group++) {
        const frame = this.frameOfGroup[group];
        const task = this.tasks[this.taskOfGroup[group]];
        if (wanted.source && this.frames[frame].source !== wanted.source) continue;
        if (family >= 0 && task.family !== family) continue;
        const inProblem = !text || task.text.toLowerCase().includes(text);
        const texts = inProblem ? null : this.texts[chunk]?.[group - this.groupsOfChunk[chunk]];
        const first = this.variantsOfGroup[group];
        let any = false;
        for (let v = first; v < this.variantsOfGroup[group + 1]; v++) {
          if (verdict >= 0 && (this.bits[v] & 3) !== verdict) continue;
          if ((this.bits[v] & bits) !== bits) continue;
          if (!inProblem && !texts?.[v - first].includes(text)) continue;
          found.fits[v] = 1;
          found.perFrame[frame] += this.counts[v];
          found.rollouts += this.counts[v];
          if ((this.bits[v] & 3) === 0) {
            found.right += this.counts[v];
            found.rightPerFrame[frame] += this.counts[v];
          }
          any = true;
        }
        if (any) found.groups.push(group);
      }
    }
    return found;
  }
};
