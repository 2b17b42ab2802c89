;;; scml-mode.el --- System Call Matching Language  -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages
;; SPDX-License-Identifier: MIT

;;; Commentary:

;; Colours, indentation and mistakes while typing for SCML files.  With Eglot,
;; M-x eglot starts `scmlc lsp'; without it, M-x flymake-mode asks `scmlc lint'.

;;; Code:

(require 'rx)

(defgroup scml nil
  "System Call Matching Language."
  :group 'languages)

(defcustom scml-indent-offset 4
  "Columns of one step of indentation."
  :type 'integer
  :safe #'integerp)

(defcustom scml-program "scmlc"
  "The compiler, which is the linter and the language server too."
  :type 'string)

(defface scml-parameter-face '((t :inherit font-lock-variable-name-face))
  "Names of parameters and fields.")
(defface scml-reference-face '((t :inherit font-lock-variable-name-face))
  "What stands between angle brackets.")
(defface scml-number-face '((t :inherit font-lock-constant-face))
  "Numbers.")
(defface scml-operator-face '((t :inherit default))
  "The operators.")
(defface scml-mark-face '((t :inherit default))
  "Brackets, commas and semicolons.")

(defvar scml-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?- "." table)
    (modify-syntax-entry ?/ ". 124b" table)
    (modify-syntax-entry ?* ". 23" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?< "." table)
    (modify-syntax-entry ?> "." table)
    (modify-syntax-entry ?= "." table)
    (modify-syntax-entry ?| "." table)
    (modify-syntax-entry ?\" "." table)
    (modify-syntax-entry ?' "." table)
    (modify-syntax-entry ?\\ "." table)
    table)
  "Syntax table of `scml-mode'.")

(defconst scml--name (rx (any "A-Za-z_") (* (any "A-Za-z0-9_"))))

(defun scml--before (position)
  "The character before POSITION that is neither blank nor in a comment."
  (save-excursion
    (goto-char position)
    (forward-comment (- (buffer-size)))
    (char-before)))

(defun scml--after (position)
  "The character after POSITION that is neither blank nor in a comment."
  (save-excursion
    (goto-char position)
    (forward-comment (buffer-size))
    (char-after)))

(defun scml--behind-struct-p (start)
  "Does the name at START stand behind the `struct' of a struct rule?"
  (save-excursion
    (goto-char start)
    (forward-comment (- (buffer-size)))
    (let ((end (point)))
      (skip-chars-backward "A-Za-z0-9_")
      (and (string= (buffer-substring-no-properties (point) end) "struct")
           (memq (scml--before (point)) '(nil ?\;))))))

(defun scml--inner-face (before open)
  "The face of a name between brackets; BEFORE it, and OPEN, the innermost one."
  (if (or (memq before '(?= ?| ?\[))
          (and (eq before ?,) (eq open ?\[)))
      'font-lock-constant-face
    'scml-parameter-face))

(defun scml--name-face (start end)
  "The face of the name between START and END, by where it stands."
  (let ((before (scml--before start))
        (open (nth 1 (save-excursion (syntax-ppss start))))
        (text (buffer-substring-no-properties start end)))
    (cond
     ((eq before ?<)
      (if (member text '("INTEGER" "PATH")) 'font-lock-builtin-face 'scml-reference-face))
     (open (scml--inner-face before (char-after open)))
     ((memq before '(?= ?|)) 'font-lock-constant-face)
     ((scml--behind-struct-p start) 'font-lock-type-face)
     ((eq (scml--after end) ?\() 'font-lock-function-name-face)
     ((and (string= text "struct") (not (eq (scml--after end) ?=))) 'font-lock-keyword-face)
     (t 'font-lock-variable-name-face))))

(defvar scml-font-lock-keywords
  `((,(rx (? "-") symbol-start digit (* (any "A-Za-z0-9_")))
     (0 (save-match-data
          (if (string-match-p (rx bos (? "-")
                                  (or "0" (seq (any "1-9") (* digit))
                                      (seq "0" (any "xX") (+ xdigit))
                                      (seq "0" (? (any "oO")) (+ (any "0-7"))))
                                  eos)
                              (match-string 0))
              'scml-number-face
            'font-lock-warning-face))))
    (,(rx symbol-start (regexp scml--name))
     (0 (save-match-data (scml--name-face (match-beginning 0) (match-end 0)))))
    (,(rx (or ".." (any "=|"))) (0 'scml-operator-face))
    (,(rx (any "][(){}<>,;")) (0 'scml-mark-face))
    (,(rx (not (any "][(){}<>=|,;./*A-Za-z0-9_ \t\n\r-"))) (0 'font-lock-warning-face)))
  "What is coloured in `scml-mode'.")

(defun scml--syntactic-face (state)
  "The face of the comment of STATE: some are documentation."
  (save-excursion
    (goto-char (nth 8 state))
    (if (looking-at-p (rx (or "//!" (seq "///" (not (any "/"))) (seq "///" eol))))
        'font-lock-doc-face
      'font-lock-comment-face)))

(defun scml--goes-on-p ()
  "Does the line above end within a pattern?  If so, point is at its end."
  (and (= (forward-line -1) 0)
       (progn (end-of-line)
              (forward-comment (- (point) (line-beginning-position) (buffer-size)))
              (eq (char-before) ?|))))

(defun scml--column ()
  "The column that the current line belongs at."
  (save-excursion
    (back-to-indentation)
    (let* ((state (save-excursion (syntax-ppss)))
           (open (nth 1 state))
           (closes (memq (char-after) '(?\) ?\} ?\]))))
      (cond
       ((nth 4 state) (current-indentation))
       ((and (not closes) (save-excursion (scml--goes-on-p)))
        (scml--goes-on-p)
        (if (save-excursion (search-backward "=" (line-beginning-position) t))
            (progn (search-backward "=")
                   (forward-char)
                   (skip-chars-forward " \t")
                   (current-column))
          (current-indentation)))
       ((null open) 0)
       (t (goto-char open)
          (+ (scml--line-column) (if closes 0 scml-indent-offset)))))))

(defun scml--line-column ()
  "The indentation of the first line of what point stands in."
  (while (save-excursion (scml--goes-on-p))
    (scml--goes-on-p))
  (current-indentation))

(defun scml-indent-line ()
  "Indent the current line."
  (interactive)
  (let ((column (scml--column)))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

(defun scml-format-buffer ()
  "Lay the buffer out with `scmlc fmt'."
  (interactive)
  (let ((result (generate-new-buffer " *scmlc fmt*"))
        (source (current-buffer)))
    (unwind-protect
        (if (zerop (call-process-region nil nil scml-program nil (list result nil) nil "fmt" "-"))
            (with-current-buffer source (replace-buffer-contents result))
          (user-error "The rules have mistakes; M-x compile shows them"))
      (kill-buffer result))))

;; Flymake, for those without the language server.

(defvar-local scml--process nil)

(declare-function flymake-make-diagnostic "flymake")
(declare-function flymake-diag-region "flymake")

(defun scml--messages (source)
  "What the current buffer, the output of scmlc, says of the buffer SOURCE."
  (let (found)
    (goto-char (point-min))
    (while (re-search-forward
            (rx bol "<stdin>:" (group (+ digit)) ":" (group (+ digit)) ": "
                (group (or "error" "warning" "note")) ": " (group (* nonl)) eol)
            nil t)
      (let ((kind (match-string 3))
            (text (match-string 4))
            (region (flymake-diag-region source (string-to-number (match-string 1))
                                         (string-to-number (match-string 2)))))
        (push (flymake-make-diagnostic source (car region) (cdr region)
                                       (intern (concat ":" kind)) text)
              found)))
    found))

(defun scml-flymake (report &rest _)
  "A Flymake backend that calls REPORT with what `scmlc lint' says."
  (when (process-live-p scml--process)
    (kill-process scml--process))
  (let ((source (current-buffer)))
    (save-restriction
      (widen)
      (setq scml--process
            (make-process
             :name "scmlc lint" :noquery t :connection-type 'pipe
             :buffer (generate-new-buffer " *scmlc lint*")
             :command (list scml-program "lint" "--color=never" "-")
             :sentinel
             (lambda (process _event)
               (when (memq (process-status process) '(exit signal))
                 (unwind-protect
                     (when (and (buffer-live-p source)
                                (eq process (buffer-local-value 'scml--process source)))
                       (with-current-buffer (process-buffer process)
                         (funcall report (scml--messages source))))
                   (kill-buffer (process-buffer process)))))))
      (process-send-region scml--process (point-min) (point-max))
      (process-send-eof scml--process))))

;;;###autoload
(define-derived-mode scml-mode prog-mode "SCML"
  "Major mode for rules about system calls."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip (rx (or (seq "/" (+ "/") (? "!")) (seq "/" (+ "*"))) (* blank)))
  (setq-local comment-end "")
  (setq-local indent-line-function #'scml-indent-line)
  (setq-local indent-tabs-mode nil)
  (setq-local electric-indent-chars (append '(?\) ?\} ?\]) electric-indent-chars))
  (setq-local font-lock-defaults
              '(scml-font-lock-keywords
                nil nil nil
                (font-lock-syntactic-face-function . scml--syntactic-face)))
  (setq-local imenu-generic-expression
              `(("Structs" ,(rx bol "struct" (+ blank) (group (regexp scml--name))) 1)
                ("Flags" ,(rx bol (group (regexp scml--name)) (* blank) "=") 1)
                ("Calls" ,(rx bol (group (regexp scml--name)) (* blank) "(") 1)))
  (when buffer-file-name
    (setq-local compile-command
                (concat scml-program " lint " (shell-quote-argument (file-name-nondirectory buffer-file-name)))))
  (add-hook 'flymake-diagnostic-functions #'scml-flymake nil t))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.scml\\'" . scml-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs `(scml-mode . (,scml-program "lsp"))))

(provide 'scml-mode)
;;; scml-mode.el ends here
