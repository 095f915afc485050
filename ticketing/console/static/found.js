// On a bad network a find must not be lost: the form stays as it is, is kept through a reload, and is sent
// again by itself. Its token makes all of these one report. Without a script it is a plain form.
"use strict";
(function () {
  var KEY = "found";
  var AGAIN_MS = 5000;
  var PATIENCE_MS = 15000;

  document.addEventListener("DOMContentLoaded", function () {
    if (document.querySelector("[data-found-done]")) { sessionStorage.removeItem(KEY); return; }
    var form = document.querySelector("form[data-found]");
    if (!form) { return; }
    var bar = document.getElementById("unsent");
    var isSending = false, isWanted = false;

    function fields() { return new URLSearchParams(new FormData(form)); }
    function remember() { try { sessionStorage.setItem(KEY, fields().toString()); } catch (error) { bar.dataset.kept = "no"; } }
    function forget() { try { sessionStorage.removeItem(KEY); } catch (error) { bar.dataset.kept = "no"; } }

    function recall() {
      var kept = null;
      try { kept = sessionStorage.getItem(KEY); } catch (error) { return; }
      if (!kept) { return; }
      new URLSearchParams(kept).forEach(function (value, name) {
        // The page's own protection is always the newest.
        if (name === "csrf") { return; }
        form.querySelectorAll('[name="' + name + '"]').forEach(function (field) {
          if (field.type === "radio") { field.checked = field.value === value; } else { field.value = value; }
        });
      });
    }

    function busy(isBusy) {
      form.querySelectorAll("button").forEach(function (button) { button.classList.toggle("busy", isBusy); });
    }

    function failed() {
      isSending = false;
      bar.hidden = false;
      bar.scrollIntoView({ block: "center" });
      busy(false);
    }

    function send() {
      if (isSending) { return; }
      isSending = true;
      busy(true);
      var patience = new AbortController();
      var timer = setTimeout(function () { patience.abort(); }, PATIENCE_MS);
      fetch(form.action, { method: "POST", body: fields(), credentials: "same-origin", signal: patience.signal })
        .then(function (answer) {
          clearTimeout(timer);
          if (answer.redirected && answer.ok) {
            isWanted = false;
            forget();
            location.assign(answer.url);
          } else if (answer.status >= 500) {
            failed();
          } else {
            // Something is wrong with what was filled in, or the login ended: let the server's own page say so.
            isWanted = false;
            form.submit();
          }
        })
        .catch(function () { clearTimeout(timer); failed(); });
    }

    recall();
    form.addEventListener("input", remember);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      isWanted = true;
      remember();
      send();
    });
    window.addEventListener("online", function () { if (isWanted) { send(); } });
    setInterval(function () { if (isWanted && !isSending) { send(); } }, AGAIN_MS);
  });
})();
