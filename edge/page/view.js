// What is said, as it is said: bubbles for both sides, the tools that run, and a transcript.

const place = (id) => document.getElementById(id);
const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

export class Talk {
  constructor(agent) {
    this.agent = agent;
    this.box = place("talk");
    this.aloud = place("aloud");
    this.clear();
    new ResizeObserver(() => this.follow()).observe(this.box);
  }

  clear() {
    this.box.replaceChildren();
    this.aloud.replaceChildren();
    this.replies = new Map();
    this.tools = new Map();
    this.lines = [];
    this.partial = null;
    this.latency = new Map();
  }

  transcript() {
    return this.lines.map(([who, text]) => `${who}: ${text}`).join("\n");
  }

  // The caller's words so far; they may yet change.
  guess(text) {
    if (!text) return;
    this.partial ??= this.put(bubble("caller partial"));
    write(this.partial, text);
    this.follow();
  }

  caller(text) {
    const said = this.partial ?? this.put(bubble("caller"));
    this.partial = null;
    said.classList.remove("partial");
    write(said, text);
    this.finished("You", text);
  }

  started(reply, latency) {
    if (latency) this.latency.set(reply, latency.voice_to_voice);
  }

  agentSays(reply, text) {
    write(this.reply(reply), text);
    this.follow();
  }

  agentSaid(reply, text, interrupted) {
    if (!text) return;
    const said = this.reply(reply);
    write(said, text);
    said.classList.toggle("cut", interrupted);
    this.replies.delete(reply);
    this.finished(this.agent, text);
  }

  reply(reply) {
    let said = this.replies.get(reply);
    if (!said) {
      said = this.put(bubble("agent"));
      this.replies.set(reply, said);
      const seconds = this.latency.get(reply);
      if (seconds !== undefined) said.append(make("small", "", `answered in ${seconds.toFixed(2)} s`));
    }
    return said;
  }

  tool(id, name) {
    if (this.tools.has(id)) return;
    const card = make("div", "tool");
    card.dataset.tool = name;
    const words = make("div", "");
    const title = name.replaceAll("_", " ");
    words.append(make("strong", "", title[0].toUpperCase() + title.slice(1)), make("span", "", "Working on it"));
    card.append(words);
    this.tools.set(id, this.put(card));
    this.say(`${title}: working on it`);
  }

  step(id, text) {
    this.mark(id, "", text);
  }

  settled(id, status) {
    this.mark(id, status, status === "done" ? "Done" : "Could not be done");
  }

  mark(id, className, text) {
    const card = this.tools.get(id);
    if (!card) return;
    if (className) {
      card.classList.add(className);
      this.say(`${card.querySelector("strong").textContent}: ${text}`);
    }
    card.querySelector("span").textContent = text[0].toUpperCase() + text.slice(1);
  }

  note(text) {
    this.put(make("p", "note", text));
    this.say(text);
  }

  finished(who, text) {
    this.lines.push([who, text]);
    this.say(`${who}: ${text}`);
    this.follow();
  }

  // For screen readers: whole lines only, each once.
  say(text) {
    this.aloud.append(make("p", "", text));
    if (this.aloud.childElementCount > 20) this.aloud.firstElementChild.remove();
  }

  put(element) {
    this.box.hidden = false;
    document.body.dataset.talk = "";
    this.box.append(element);
    if (this.partial && element !== this.partial) this.box.append(this.partial);
    this.follow();
    return element;
  }

  follow() {
    this.box.scrollTop = this.box.scrollHeight;
  }
}

function bubble(side) {
  const said = make("div", `said ${side}`);
  said.append(make("p", ""));
  return said;
}

function write(said, text) {
  said.querySelector("p").textContent = text;
}
