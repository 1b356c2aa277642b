// A page of a workshop fills itself: opened, reloaded, or after its kernel was restarted.
//
// Widgets live in the kernel, and JupyterLab forgets them with the page. The case file is the
// only truth, so all cells are run again. Meanwhile a line says so; afterwards the reader
// stands at the top. What is said, and on which pages, comes from `page_config.json`.
// A folder may come from somebody else: a page runs by itself only if its code is the kit's.
(() => {
  const NAME = "mlpdm-workshop";
  const RUN = "notebook:run-all-cells";
  const PATIENCE = 60000; // milliseconds until the kernel has to be there
  const HAND = ["wheel", "pointerdown", "keydown"];

  const config = document.getElementById("jupyter-config-data");
  const told = JSON.parse(JSON.parse(config.textContent).mlpdm || '{"pages": [], "code": []}');
  const known = new Set(told.code);
  const pause = (time) => new Promise((done) => setTimeout(done, time));
  const scrolled = (panel) => panel.node.querySelector(".jp-WindowedPanel-outer");

  // --- whose code it is -------------------------------------------------------------------

  const PLAIN = String.raw`"(?:[^"\\\r]|\\.)*"|-?\d+(?:\.\d+)?|True|False`;
  const PAIR = `(?:${PLAIN})\\s*:\\s*(?:${PLAIN})`;
  const TABLE = `\\{\\s*(?:${PAIR}(?:\\s*,\\s*${PAIR})*\\s*,?\\s*)?\\}`;
  const LINE = new RegExp(`^\\s*(?:#.*)?$|^[A-Za-z_]\\w* = (?:${PLAIN}|${TABLE})\\s*(?:#.*)?$`);

  const isKits = (cell) => {
    if (cell.cell_type !== "code") return true;
    const source = [].concat(cell.source).join("");
    const tags = cell.metadata.tags || [];
    // parameters are a reader's own, but each line of theirs no more than a name and a value
    const given = tags.includes("parameters") && source.split("\n").every((line) => LINE.test(line));
    return source === "" || known.has(source) || given;
  };

  // --- the line that says how it stands ---------------------------------------------------

  function say(panel, text) {
    let line = panel.node.querySelector(".mlpdm-starting");
    if (!text) {
      if (line) line.remove();
      return;
    }
    if (!line) {
      line = document.createElement("div");
      line.className = "mlpdm-starting";
      line.setAttribute("role", "status");
      line.style.cssText =
        "position: sticky; top: 0; z-index: 20; padding: 0.7em 1.2em; margin: 0 0 0.5em;" +
        "font-size: 1.15em; line-height: 1.4; color: var(--jp-ui-font-color1);" +
        "background: var(--jp-layout-color2); border-left: 7px solid var(--jp-brand-color1)";
      scrolled(panel).prepend(line);
    }
    line.textContent = text;
  }

  // the first line of folded code is as long as it is, and would widen the whole page
  function narrow() {
    const style = document.createElement("style");
    style.textContent =
      ".jp-Placeholder-contentContainer, .jp-Placeholder-content {min-width: 0; max-width: 100%}" +
      ".jp-PlaceholderText {overflow: hidden; text-overflow: ellipsis; min-width: 0}";
    document.head.append(style);
  }

  // --- back at the top, unless the reader has gone elsewhere meanwhile --------------------

  async function keepAtTop(panel, result) {
    let moved = false;
    const note = (event) => {
      moved = moved || event.isTrusted;
    };
    const up = () => {
      if (moved || panel.isDisposed) return;
      panel.content.activeCellIndex = 0;
      scrolled(panel).scrollTop = 0;
    };
    HAND.forEach((name) => panel.node.addEventListener(name, note, true));
    try {
      await pause(0);
      up();
      await result;
    } catch {
      // the cell that failed says why
    } finally {
      await pause(0);
      up();
      HAND.forEach((name) => panel.node.removeEventListener(name, note, true));
    }
  }

  // --- filling a page ---------------------------------------------------------------------

  async function ready(panel) {
    await panel.context.ready;
    await panel.revealed;
    await panel.context.sessionContext.ready;
    for (let waited = 0; waited < PATIENCE && !panel.isDisposed; waited += 100) {
      const session = panel.context.sessionContext.session;
      const kernel = session && session.kernel;
      if (kernel && kernel.status === "idle" && kernel.connectionStatus === "connected") return;
      await pause(100);
    }
    throw new Error("no kernel");
  }

  async function fill(app, panel) {
    if (panel.node.dataset.mlpdm === "starting") return;
    panel.node.dataset.mlpdm = "starting";
    try {
      await panel.context.ready;
      if (panel.context.model.toJSON().cells.every(isKits)) {
        say(panel, told.starting);
      } else {
        await ready(panel); // who pressed Run before would run nothing
        say(panel, told.otherCode);
        panel.node.dataset.mlpdm = "waiting";
        return;
      }
      await ready(panel);
      const result = app.commands.execute(RUN, { semanticWidget: panel.id, activate: false, own: true });
      await keepAtTop(panel, result);
      say(panel, "");
    } catch {
      if (!panel.isDisposed) say(panel, told.byHand);
    }
    panel.node.dataset.mlpdm = "there";
  }

  async function byHand(panel, result) {
    say(panel, "");
    panel.node.dataset.mlpdm = "running";
    await keepAtTop(panel, result);
    panel.node.dataset.mlpdm = "there";
  }

  function take(app, panel) {
    if (!panel || !panel.context || !told.pages.includes(panel.context.path)) return;
    if (panel.node.dataset.mlpdm) return;
    fill(app, panel);
    let restarted = false;
    panel.context.sessionContext.statusChanged.connect((_, status) => {
      if (status === "restarting" || status === "autorestarting") restarted = true;
      if (status === "idle" && restarted) {
        restarted = false;
        fill(app, panel);
      }
    });
  }

  const plugin = {
    id: `${NAME}:start`,
    description: "Fills a page of a workshop when it is opened.",
    autoStart: true,
    activate: (app) => {
      narrow();
      const look = () => take(app, app.shell.currentWidget);
      app.commands.commandExecuted.connect((_, { id, args, result }) => {
        const panel = app.shell.currentWidget;
        if (id !== RUN || args.own || !panel || !panel.context) return;
        byHand(panel, result);
      });
      app.restored.then(() => {
        app.shell.currentChanged.connect(look);
        look();
      });
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB[NAME] = {
    init: () => {},
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
